// Azure Functions Core Tools, in the place of the embedded host.
namespace MailFunctions.Local;

/// <summary>The command <c>func</c>.</summary>
internal static class FuncTool
{
    /// <summary>Where it is, or null.</summary>
    public static string? Find() => ChildCommand.FindOnPath("func");

    /// <summary>Runs the app that lies built in a folder.</summary>
    public static ChildCommand Command(string func, string folder, int port, IReadOnlyDictionary<string, string> environment) =>
        new(func, ["start", "--no-build", "--custom", "--port", $"{port}"]) { WorkingDirectory = folder, Environment = environment };
}
