// Postfix as it comes from Debian, with a configuration, a queue and a log of its own.
using System.Diagnostics;
using MailFunctions.Local;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Peers;

/// <summary>One instance: with delivery by virtual(8) into a maildir, or with discard(8) behind its queue. All else is as Postfix does it by itself.</summary>
internal sealed class PostfixPeer : MailServer
{
    private const string Master = "/usr/lib/postfix/sbin/master";
    private const int Nobody = 65_534;

    private readonly string _folder;
    private readonly ServerProcess _process;

    private PostfixPeer(string name, int port, string folder, ServerProcess process)
        : base(name, port)
    {
        _folder = folder;
        _process = process;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Part, int Id)> Processes => [("all", _process.Id)];

    /// <summary>Why it cannot be started here, or null.</summary>
    public static string? Missing =>
        !File.Exists(Master) ? "Postfix is not installed" : Environment.IsPrivilegedProcess ? null : "Postfix is started by root only";

    /// <summary>Starts one and waits until it greets.</summary>
    /// <param name="deliver">True to deliver, false to discard.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PostfixPeer> StartAsync(bool deliver, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("bench-postfix-").FullName;
        foreach (var name in new[] { "conf", "data", "mail", "spool" })
            Directory.CreateDirectory(Path.Combine(folder, name));
        await RunAsync("chmod", "755", folder);
        await RunAsync("chown", "postfix", Path.Combine(folder, "data"));
        await RunAsync("chown", $"{Nobody}:{Nobody}", Path.Combine(folder, "mail"));
        var port = AzuriteServer.FreePorts(1);
        await File.WriteAllTextAsync(Path.Combine(folder, "conf", "main.cf"), MainFile(folder, deliver), cancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "conf", "master.cf"), MasterFile(port), cancellationToken);
        await RunAsync("/usr/sbin/postfix", "-c", Path.Combine(folder, "conf"), "check"); // makes the queue's folders
        var process = await ServerProcess.StartAsync(new ChildCommand(Master, ["-c", Path.Combine(folder, "conf"), "-d"]) { OrphanSignal = "TERM" });
        var peer = new PostfixPeer(deliver ? "Postfix, delivering" : "Postfix, discarding", port, folder, process);
        await peer.WaitForGreetingAsync(cancellationToken);
        return peer;
    }

    /// <inheritdoc/>
    public override Task ForgetMailAsync(CancellationToken cancellationToken)
    {
        var mail = Path.Combine(_folder, "mail", "all", "new");
        if (Directory.Exists(mail))
        {
            foreach (var file in Directory.EnumerateFiles(mail).ToList())
                File.Delete(file);
        }
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> IsDrainedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(
        !new[] { "incoming", "active" }.Any(queue => Directory.EnumerateFiles(Path.Combine(_folder, "spool", queue), "*", SearchOption.AllDirectories).Any()));

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static string MainFile(string folder, bool deliver) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/spool
        data_directory = {folder}/data
        command_directory = /usr/sbin
        daemon_directory = {Path.GetDirectoryName(Master)}
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = mx.bench.test
        mydestination =
        mynetworks = 127.0.0.0/8
        alias_maps =
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        maillog_file = {folder}/log
        maillog_file_prefixes = {folder}
        message_size_limit = 52428800
        virtual_mailbox_domains = bench.test
        virtual_mailbox_base = {folder}/mail
        virtual_mailbox_maps = static:all/
        virtual_mailbox_limit = 0
        virtual_uid_maps = static:{Nobody}
        virtual_gid_maps = static:{Nobody}
        virtual_transport = {(deliver ? "virtual" : "discard:")}

        """;

    private static string MasterFile(int port) => $"""
        127.0.0.1:{port} inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        postlog unix-dgram n - n - 1 postlogd

        """;
}
