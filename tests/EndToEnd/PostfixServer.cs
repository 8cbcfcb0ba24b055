// A real Postfix as the far end of our mail: its own folder, its own address of the loopback network, stopped by its process.
using System.Diagnostics;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>A Postfix that takes mail for its domains into one maildir.</summary>
internal sealed class PostfixServer : IAsyncDisposable
{
    private const int Nobody = 65534;

    private readonly Process _process;
    private readonly DirectoryInfo _folder;
    private readonly List<string> _log;

    private PostfixServer(Process process, DirectoryInfo folder, string address, int port, List<string> log)
    {
        _process = process;
        _folder = folder;
        _log = log;
        Address = address;
        Port = port;
    }

    /// <summary>Its address of 127.0.0.0/8.</summary>
    public string Address { get; }

    /// <summary>Its port.</summary>
    public int Port { get; }

    /// <summary>What it logged.</summary>
    public string Log
    {
        get
        {
            lock (_log)
                return string.Join('\n', _log);
        }
    }

    /// <summary>The messages it has delivered, whole, LF as its maildir has it.</summary>
    public List<string> Messages => Directory.Exists($"{_folder}/mail/all/new")
        ? [.. Directory.GetFiles($"{_folder}/mail/all/new").Order().Select(path => File.ReadAllText(path, System.Text.Encoding.Latin1))]
        : [];

    /// <summary>Starts one; skips the test where Postfix is not installed or not to be started.</summary>
    /// <param name="address">Its address of 127.0.0.0/8.</param>
    /// <param name="domains">The domains it takes mail for.</param>
    /// <param name="settings">More lines of main.cf.</param>
    /// <param name="port">Its port; a free one if 0.</param>
    /// <param name="sasl">How Cyrus SASL checks logins, where they are.</param>
    public static async Task<PostfixServer> StartAsync(string address, string[] domains, string settings = "", int port = 0, string? sasl = null)
    {
        var postfix = Tool.Require("postfix");
        Assert.SkipWhen(Environment.UserName != "root", "Postfix is started as root only.");
        var folder = Directory.CreateTempSubdirectory("postfix-");
        foreach (var name in new[] { "conf", "conf/postfix-files.d", "data", "mail", "spool" })
            folder.CreateSubdirectory(name);
        await Tool.SucceedAsync("chmod", ["755", folder.FullName]);
        await Tool.SucceedAsync("chown", ["postfix", $"{folder}/data"]);
        await Tool.SucceedAsync("chown", [$"{Nobody}:{Nobody}", $"{folder}/mail"]);
        File.Copy("/etc/postfix/postfix-files", $"{folder}/conf/postfix-files");
        port = port == 0 ? AzuriteServer.FreePorts(1) : port;
        await File.WriteAllTextAsync($"{folder}/conf/main.cf", MainFile(folder, domains) + settings);
        await File.WriteAllTextAsync($"{folder}/conf/master.cf", MasterFile(address, port));
        if (sasl is not null)
            await File.WriteAllTextAsync($"{folder.CreateSubdirectory("conf/sasl")}/smtpd.conf", sasl); // where Debian's looks for it

        var log = new List<string>();
        var start = new ProcessStartInfo(postfix, ["-c", $"{folder}/conf", "start-fg"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        void Hear(object sender, DataReceivedEventArgs line)
        {
            lock (log)
                log.Add(line.Data ?? "");
        }
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var server = new PostfixServer(process, folder, address, port, log);
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var client = new System.Net.Sockets.TcpClient();
                await client.ConnectAsync(address, port);
                return server;
            }
            catch (System.Net.Sockets.SocketException) when (tries < 150 && !process.HasExited)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            // Our child is the script that started it; the master wrote down who it is.
            var pid = await Tool.SucceedAsync("cat", [$"{_folder}/spool/pid/master.pid"]); // it keeps a lock on it, which .NET would respect
            await LocalSystem.SignalAsync("-TERM", int.Parse(pid.Text, System.Globalization.CultureInfo.InvariantCulture));
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static string MainFile(DirectoryInfo folder, string[] domains) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/spool
        data_directory = {folder}/data
        command_directory = /usr/sbin
        daemon_directory = /usr/lib/postfix/sbin
        mail_owner = postfix
        setgid_group = postdrop
        myhostname = peer.{domains[0]}
        mydestination =
        mynetworks = 127.0.0.0/8
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        virtual_mailbox_domains = {string.Join(", ", domains)}
        virtual_mailbox_base = {folder}/mail
        virtual_mailbox_maps = static:all/
        virtual_uid_maps = static:{Nobody}
        virtual_gid_maps = static:{Nobody}
        virtual_mailbox_limit = 0
        message_drop_headers =
        message_size_limit = 60000000
        maillog_file = /dev/stdout
        alias_maps =
        smtpd_relay_restrictions = permit_mynetworks reject

        """;

    private static string MasterFile(string address, int port) => $"""
        {address}:{port} inet n - n - - smtpd
        pickup unix n - n 60 1 pickup
        cleanup unix n - n - 0 cleanup
        qmgr unix n - n 300 1 qmgr
        tlsmgr unix - - n 1000? 1 tlsmgr
        rewrite unix - - n - - trivial-rewrite
        bounce unix - - n - 0 bounce
        defer unix - - n - 0 bounce
        trace unix - - n - 0 bounce
        verify unix - - n - 1 verify
        flush unix n - n 1000? 0 flush
        proxymap unix - - n - - proxymap
        smtp unix - - n - - smtp
        relay unix - - n - - smtp
        error unix - - n - - error
        retry unix - - n - - error
        discard unix - - n - - discard
        virtual unix - n n - - virtual
        anvil unix - - n - 1 anvil
        scache unix - - n - 1 scache
        postlog unix-dgram n - n - 1 postlogd

        """;
}
