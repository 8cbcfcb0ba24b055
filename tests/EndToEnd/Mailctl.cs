// Runs the operator's tool against a running system.
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>mailctl as a process.</summary>
internal static class Mailctl
{
    public static Task<ToolResult> RunAsync(LocalSystem system, params string[] arguments) => RunAsync(system, null, arguments);

    public static Task<ToolResult> RunAsync(LocalSystem system, string? input, string[] arguments)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(AzuriteServer.RepositoryRoot, "infra", "mailctl", "bin", configuration, "net10.0", "mailctl.dll");
        return Tool.RunAsync("dotnet", [program, .. arguments], input, new() { ["Mail__Storage"] = system.Storage });
    }
}
