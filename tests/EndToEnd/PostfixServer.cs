// A real Postfix as the far end of our mail: its own folder, its own address of the loopback network, stopped by its process.
using System.Diagnostics;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>A Postfix that takes mail for its domains into one maildir.</summary>
internal sealed class PostfixServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly PostfixFolder _folder;
    private readonly List<string> _log;

    private PostfixServer(Process process, PostfixFolder folder, string address, int port, List<string> log)
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
    public List<string> Messages => [.. _folder.Messages.Select(path => File.ReadAllText(path, System.Text.Encoding.Latin1))];

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
        port = port == 0 ? AzuriteServer.FreePorts(1) : port;
        var folder = await PostfixFolder.CreateAsync(address, port, domains, $"""
            myhostname = peer.{domains[0]}
            message_drop_headers =
            maillog_file = /dev/stdout
            smtpd_relay_restrictions = permit_mynetworks reject

            """ + settings);
        if (sasl is not null)
        {
            var logins = Directory.CreateDirectory($"{folder.Configuration}/sasl"); // where Debian's looks for it
            await File.WriteAllTextAsync($"{logins}/smtpd.conf", sasl);
        }

        var log = new List<string>();
        var start = new ProcessStartInfo(postfix, ["-c", folder.Configuration, "start-fg"]) { RedirectStandardOutput = true, RedirectStandardError = true };
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
            var pid = await Tool.SucceedAsync("cat", [_folder.ProcessIdFile]); // it keeps a lock on it, which .NET would respect
            await LocalSystem.SignalAsync("-TERM", int.Parse(pid.Text, System.Globalization.CultureInfo.InvariantCulture));
            await _process.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        }
        _process.Dispose();
        _folder.Delete();
    }
}
