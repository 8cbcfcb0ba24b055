// A function app in a temporary folder, whose worker is worker.mjs.
using System.Text.Json;
using MailFunctions.Local.Host;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Host;

/// <summary>What the worker noted: its process, what it was called with.</summary>
internal sealed record WorkerNote(int Pid, string What, string Text, int Dequeues, IReadOnlyList<string> Env, IReadOnlyList<string> Args);

/// <summary>A function app with one queue, one HTTP route and a worker process that does as the messages say.</summary>
internal sealed class ScriptedApp : IDisposable
{
    private static readonly string Sources = Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Pipeline", "Host");

    public ScriptedApp(string functionTimeout = "00:10:00", int maxDequeueCount = 5)
    {
        File.Copy(Path.Combine(Sources, "worker.mjs"), Path.Combine(Folder, "worker.mjs"));
        File.WriteAllText(Path.Combine(Folder, "host.json"), """
            {"version":"2.0","functionTimeout":"TIMEOUT",
             "customHandler":{"description":{"defaultExecutablePath":"node","workingDirectory":"","arguments":["worker.mjs","%FUNCTIONS_CUSTOMHANDLER_PORT%"]}},
             "extensions":{"http":{"routePrefix":""},"queues":{"maxPollingInterval":"00:00:00.1","maxDequeueCount":MAX}}}
            """.Replace("TIMEOUT", functionTimeout, StringComparison.Ordinal).Replace("MAX", $"{maxDequeueCount}", StringComparison.Ordinal));
        Write("RouteMessage", """{"type":"queueTrigger","name":"msg","queueName":"accepted","connection":"MailStorage","dataType":"binary"}""");
        Write("Health", """{"type":"httpTrigger","name":"req","methods":["get"],"route":"web/health"}""");
    }

    /// <summary>Where it lies.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("app-").FullName;

    /// <summary>What its workers noted so far.</summary>
    public IReadOnlyList<WorkerNote> Notes
    {
        get
        {
            var file = Path.Combine(Folder, "calls.log");
            if (!File.Exists(file))
                return [];
            var text = File.ReadAllText(file);
            return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(Read)];
        }
    }

    /// <summary>The process ids of its workers so far.</summary>
    public IReadOnlyList<int> Workers => [.. Notes.Where(note => note.What == "started").Select(note => note.Pid)];

    /// <summary>The calls so far, without health checks.</summary>
    public IReadOnlyList<WorkerNote> Calls => [.. Notes.Where(note => note.What == "/RouteMessage")];

    /// <summary>Reads it as the host does.</summary>
    public FunctionApp Load(string storage) => FunctionApp.Load(Folder, new AppSettings([new("MailStorage", storage)]));

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void Write(string function, string trigger)
    {
        Directory.CreateDirectory(Path.Combine(Folder, function));
        File.WriteAllText(Path.Combine(Folder, function, "function.json"), $$"""{"bindings":[{{trigger}}]}""");
    }

    private static WorkerNote Read(string line)
    {
        var note = JsonDocument.Parse(line).RootElement;
        IReadOnlyList<string> List(string name) =>
            note.TryGetProperty(name, out var list) ? [.. list.EnumerateArray().Select(item => item.GetString() ?? "")] : [];
        return new WorkerNote(
            note.GetProperty("pid").GetInt32(), note.GetProperty("what").GetString()!, note.TryGetProperty("text", out var text) ? text.GetString()! : "",
            note.TryGetProperty("dequeues", out var dequeues) ? dequeues.GetInt32() : 0, List("env"), List("args"));
    }
}
