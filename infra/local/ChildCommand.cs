// What a child process is started with.
using System.Diagnostics;

namespace MailFunctions.Local;

/// <summary>A program to run as a child.</summary>
/// <param name="Executable">A path, or a command on the PATH.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record ChildCommand(string Executable, IReadOnlyList<string> Arguments)
{
    // The shell waits for a line before it becomes the program, so that the process id is known, and can be published, before the program runs. Its
    // watcher reads on: an end of input without a line means that the local run has died, and takes the program along. The program keeps the shell's id.
    private const string Script =
        """
        read -r go || exit 1
        exec 3<&0 </dev/null
        { read -r over <&3 || kill -"$0" $$; } >/dev/null 2>&1 &
        exec 3<&-
        exec "$@"
        """;

    /// <summary>The environment on top of the local run's own.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Where it runs; null for here.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The signal it gets when the local run dies without stopping it.</summary>
    public string OrphanSignal { get; init; } = "KILL";

    /// <summary>
    /// The process to start: a shell that waits for its first line of input. It leads a session of its own, because Ctrl-C in a terminal goes to the
    /// whole foreground group, and the children are to be stopped one after the other.
    /// </summary>
    internal ProcessStartInfo ToStartInfo()
    {
        string[] newSession = FindOnPath("setsid") is { } setsid ? [setsid] : ["perl", "-e", "use POSIX; setsid(); exec @ARGV"];
        var start = new ProcessStartInfo(newSession[0])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = WorkingDirectory ?? "",
        };
        foreach (var argument in (string[])[.. newSession[1..], "sh", "-c", Script, OrphanSignal, Executable, .. Arguments])
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Where a command lies on the PATH, or null.</summary>
    internal static string? FindOnPath(string command) =>
        (System.Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, command)).FirstOrDefault(File.Exists);
}
