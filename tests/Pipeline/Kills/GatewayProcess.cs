// The gateway as it was built, run as a process of its own with the listeners that need no certificate.
using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Kills;

/// <summary>A gateway. Disposing kills it.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Process _process;

    private GatewayProcess(Process process, int port)
    {
        (_process, Port) = (process, port);
        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Where it speaks POP3.</summary>
    public int Port { get; }

    /// <summary>Where it takes mail.</summary>
    public int SmtpPort => Port + 1;

    public static async Task<GatewayProcess> StartAsync(string storage, params (string Key, string Value)[] settings)
    {
        var build = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var folder = Path.Combine(AzuriteServer.RepositoryRoot, "gateway", "bin", build.Parent!.Name, build.Name);
        var port = AzuriteServer.FreePorts(2);
        var start = new ProcessStartInfo(Path.Combine(folder, "MailFunctions.Gateway"))
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var listener in (string[])["Submission", "Submissions", "Pop3s"])
            start.Environment[$"Mail__Listeners__{listener}"] = "";
        start.Environment["Mail__Listeners__Pop3"] = $"127.0.0.1:{port}";
        start.Environment["Mail__Listeners__Smtp"] = $"127.0.0.1:{port + 1}";
        start.Environment["Mail__Authentication__Mode"] = "off"; // there are no names to ask for
        start.Environment["Mail__Hostname"] = "mail.example.test";
        start.Environment["Mail__Storage"] = storage;
        start.Environment["DOTNET_ENVIRONMENT"] = "Development";
        foreach (var (key, value) in settings)
            start.Environment[$"Mail__{key}"] = value;
        var gateway = new GatewayProcess(Process.Start(start)!, port);
        for (var started = Stopwatch.GetTimestamp(); ;)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", port);
                return gateway;
            }
            catch (SocketException) when (!gateway._process.HasExited && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(60))
            {
                await Task.Delay(10);
            }
        }
    }

    /// <summary>Kills it by SIGKILL; returns once it is gone.</summary>
    public async Task KillAsync()
    {
        await LocalSystem.SignalAsync("-KILL", _process.Id);
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Tells it to stop, by SIGTERM.</summary>
    public Task TerminateAsync() => LocalSystem.SignalAsync("-TERM", _process.Id);

    /// <summary>Its exit code, once it has stopped by itself.</summary>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
            _process.Kill();
        _process.Dispose();
    }
}

/// <summary>A POP3 session with it.</summary>
internal sealed class GatewaySession : IDisposable
{
    private readonly TcpClient _client = new();
    private readonly StreamReader _reader;

    public GatewaySession(GatewayProcess gateway)
    {
        _client.Connect("127.0.0.1", gateway.Port);
        _reader = new StreamReader(_client.GetStream(), Encoding.Latin1);
    }

    /// <summary>Reads the greeting and logs in; the answer to the password.</summary>
    public async Task<string?> LogInAsync(string account, string password)
    {
        await _reader.ReadLineAsync();
        await AskAsync($"USER {account}");
        return await AskAsync($"PASS {password}");
    }

    /// <summary>One line out, one line in; null if the server has gone.</summary>
    public async Task<string?> AskAsync(string line)
    {
        try
        {
            await _client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(line + "\r\n"));
            return await _reader.ReadLineAsync();
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The lines of an answer of several, without the first and the last.</summary>
    public async Task<List<string>> ListAsync(string line)
    {
        Assert.StartsWith("+OK", await AskAsync(line), StringComparison.Ordinal);
        var lines = new List<string>();
        while (await _reader.ReadLineAsync() is { } next && next != ".")
            lines.Add(next);
        return lines;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }
}
