// Postfix as it comes from Debian, with a configuration, a queue and a log of its own.
using MailFunctions.Local;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Peers;

/// <summary>One instance: with delivery by virtual(8) into a maildir, or with discard(8) behind its queue. All else is as Postfix does it by itself.</summary>
internal sealed class PostfixPeer : MailServer
{
    private readonly PostfixFolder _folder;
    private readonly ServerProcess _process;

    private PostfixPeer(string name, int port, PostfixFolder folder, ServerProcess process)
        : base(name, port)
    {
        _folder = folder;
        _process = process;
    }

    /// <inheritdoc/>
    public override IReadOnlyList<(string Part, int Id)> Processes => [("all", _process.Id)];

    /// <summary>Why it cannot be started here, or null.</summary>
    public static string? Missing =>
        !File.Exists(PostfixFolder.Master) ? "Postfix is not installed" : Environment.IsPrivilegedProcess ? null : "Postfix is started by root only";

    /// <summary>Starts one and waits until it greets.</summary>
    /// <param name="deliver">True to deliver, false to discard.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<PostfixPeer> StartAsync(bool deliver, CancellationToken cancellationToken)
    {
        var port = AzuriteServer.FreePorts(1);
        var folder = await PostfixFolder.CreateAsync("127.0.0.1", port, ["bench.test"], $"""
            myhostname = mx.bench.test
            maillog_file = $data_directory/log
            maillog_file_prefixes = $data_directory
            virtual_transport = {(deliver ? "virtual" : "discard:")}

            """);
        await folder.MakeQueueAsync();
        var process = await ServerProcess.StartAsync(new ChildCommand(PostfixFolder.Master, ["-c", folder.Configuration, "-d"]) { OrphanSignal = "TERM" });
        var peer = new PostfixPeer(deliver ? "Postfix, delivering" : "Postfix, discarding", port, folder, process);
        await peer.WaitForGreetingAsync(cancellationToken);
        return peer;
    }

    /// <inheritdoc/>
    public override Task ForgetMailAsync(CancellationToken cancellationToken)
    {
        foreach (var file in _folder.Messages)
            File.Delete(file);
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _folder.Delete();
    }

    /// <inheritdoc/>
    protected override ValueTask<bool> IsDrainedAsync(CancellationToken cancellationToken) => ValueTask.FromResult(!_folder.HasMail);
}
