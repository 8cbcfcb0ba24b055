// A real mail server of the system's packages, in a folder of its own, for one test class.
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailFunctions.Local;

namespace MailFunctions.Rig.Peers;

/// <summary>
/// A server for peer.test: it takes every recipient but <c>no@</c> (550) and <c>later@</c> (450, where it can be told so), messages up to a million
/// octets, and keeps what it takes in one Maildir.
/// </summary>
public abstract class RealServer : IAsyncDisposable
{
    /// <summary>Its name, for TLS.</summary>
    public const string Name = "mx.peer.test";

    /// <summary>The login, where it knows one.</summary>
    public const string User = "user";

    /// <summary>Its password.</summary>
    public const string Password = "open sesame";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly string Unpacked = Path.Combine(AzuriteServer.RepositoryRoot, "tests", "EndToEnd", "bin", "peers");

    private readonly StringBuilder _said = new();
    private ChildProcess? _process;

    private protected RealServer()
    {
        var port = AzuriteServer.FreePorts(2);
        Port = port;
        SecurePort = port + 1;
    }

    /// <summary>Where it listens; STARTTLS is offered.</summary>
    public int Port { get; }

    /// <summary>Where it listens for TLS from the first octet.</summary>
    public int SecurePort { get; }

    /// <summary>Whether it can be told to defer.</summary>
    public virtual bool Defers => true;

    /// <summary>Whether it knows the login.</summary>
    public virtual bool KnowsLogin => false;

    /// <summary>Everything of this server.</summary>
    protected string Folder { get; } = Directory.CreateTempSubdirectory("peer-").FullName;

    /// <summary>Where the certificate is.</summary>
    protected string CertificateFile => Path.Combine(Folder, "certificate.pem");

    /// <summary>Where its key is.</summary>
    protected string KeyFile => Path.Combine(Folder, "key.pem");

    /// <summary>Where mail goes.</summary>
    protected string Mailbox => Path.Combine(Folder, "mail", "all");

    /// <summary>Starts one by name; skips the test where it cannot run.</summary>
    public static async Task<RealServer> StartAsync(string name, TestAuthority authority)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess, $"{name} runs as root on Linux only.");
        RealServer server = name switch
        {
            "postfix" => new PostfixServer(Find(name, "/usr/lib/postfix/sbin/master")),
            "exim" => new EximServer(Find(name, "/usr/sbin/exim4")),
            "opensmtpd" => new OpenSmtpdServer(Find(name, "/usr/sbin/smtpd")),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
        try
        {
            await server.StartAsync(authority);
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>What it has taken, from the first line that begins with <paramref name="start"/>, with CR LF; waits until there are so many.</summary>
    public async Task<IReadOnlyList<string>> WaitForAsync(string start, int count)
    {
        var folder = Path.Combine(Mailbox, "new");
        for (var tries = 0; ; tries++)
        {
            var found = Directory.Exists(folder)
                ? Directory.EnumerateFiles(folder).Select(path => File.ReadAllText(path, Encoding.Latin1).Replace("\n", "\r\n", StringComparison.Ordinal))
                    .Where(text => text.Contains($"\r\n{start}", StringComparison.Ordinal))
                    .Select(text => text[(text.IndexOf($"\r\n{start}", StringComparison.Ordinal) + 2)..]).ToList()
                : [];
            if (found.Count >= count)
                return found;
            Assert.True(tries < 150, $"{found.Count} of {count} messages have come. {_said}");
            await Task.Delay(100);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            if (!await _process.TerminateAsync(Patience, TimeProvider.System))
                _process.Kill();
            await _process.DisposeAsync();
        }
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes its configuration.</summary>
    /// <returns>The program and its arguments.</returns>
    private protected abstract Task<ChildCommand> ConfigureAsync();

    /// <summary>Writes a file into the folder.</summary>
    protected async Task<string> WriteAsync(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        await File.WriteAllTextAsync(path, text);
        return path;
    }

    /// <summary>Makes a folder in the folder, and gives it to a user.</summary>
    protected async Task MakeAsync(string name, string? owner)
    {
        Directory.CreateDirectory(Path.Combine(Folder, name));
        if (owner is not null)
            await RunAsync("chown", owner, Path.Combine(Folder, name));
    }

    /// <summary>Runs a program that must succeed.</summary>
    protected static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(program, arguments);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>
    /// A command that runs in a mount namespace of its own, where the system has users that are not installed here and other folders are laid over its own.
    /// </summary>
    private protected async Task<ChildCommand> InNamespaceAsync(IEnumerable<string> users, IEnumerable<string> mounts, params string[] command)
    {
        var names = users.ToList();
        var passwd = await WriteAsync(
            "passwd", await File.ReadAllTextAsync("/etc/passwd") + string.Concat(names.Select((name, i) => $"{name}:x:{64_990 + i}:{64_990 + i}::/:/bin/false\n")));
        var group = await WriteAsync(
            "group", await File.ReadAllTextAsync("/etc/group") + string.Concat(names.Select((name, i) => $"{name}:x:{64_990 + i}:\n")));
        string[] steps = [$"mount --bind {passwd} /etc/passwd", $"mount --bind {group} /etc/group", .. mounts, "exec \"$@\""];
        return new ChildCommand("unshare", ["--mount", "sh", "-c", string.Join(" && ", steps), "sh", .. command]) { OrphanSignal = "TERM" };
    }

    /// <summary>Where a file of an unpacked or installed package lies.</summary>
    protected static string FileOf(string program, string path) =>
        program.StartsWith(Unpacked, StringComparison.Ordinal) ? Path.Join(Unpacked, path) : path;

    private static string Find(string name, string path)
    {
        var found = new[] { path, Path.Join(Unpacked, path) }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"{name} is not installed.");
        return found!;
    }

    private async Task StartAsync(TestAuthority authority)
    {
        using var certificate = authority.IssueRsa(Name);
        await File.WriteAllTextAsync(CertificateFile, certificate.ExportCertificatePem());
        using (var key = certificate.GetRSAPrivateKey()!)
            await File.WriteAllTextAsync(KeyFile, key.ExportPkcs8PrivateKeyPem());
        await RunAsync("chmod", "600", KeyFile);
        await RunAsync("chmod", "755", Folder); // servers drop their privileges and have to find their way into it all the same
        var command = await ConfigureAsync();
        _process = await ChildProcess.StartAsync(command, _ => Task.CompletedTask, line =>
        {
            lock (_said)
                _said.AppendLine(line);
        });
        for (var tries = 0; !await AnswersAsync(); tries++)
        {
            Assert.False(_process.Exited.IsCompleted, $"The server has ended. {_said}");
            Assert.True(tries < 150, $"The server does not answer. {_said}");
            await Task.Delay(100);
        }
    }

    private async Task<bool> AnswersAsync()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(IPAddress.Loopback, Port);
            return await socket.ReceiveAsync(new byte[100]) > 0;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
