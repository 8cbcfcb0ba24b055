// A folder in which a Postfix of Debian's can run: its configuration, its queue, and one maildir for all mail that it takes.
using System.Diagnostics;

namespace MailFunctions.Rig;

/// <summary>Where a Postfix lives that takes mail on one port of loopback and knows nothing of the one that the machine may have.</summary>
public sealed class PostfixFolder
{
    private const int Nobody = 65_534;
    private const string Programs = "/usr/lib/postfix/sbin";

    private readonly DirectoryInfo _folder;

    private PostfixFolder(DirectoryInfo folder) => _folder = folder;

    /// <summary>The program that starts all others and is their parent.</summary>
    public static string Master => $"{Programs}/master";

    /// <summary>Where it is.</summary>
    public string Path => _folder.FullName;

    /// <summary>The folder of its configuration.</summary>
    public string Configuration => $"{_folder}/conf";

    /// <summary>Where its master wrote down its process id.</summary>
    public string ProcessIdFile => $"{_folder}/spool/pid/master.pid";

    /// <summary>The messages that virtual(8) has delivered, in order of arrival.</summary>
    public IEnumerable<string> Messages => Directory.Exists($"{_folder}/mail/all/new") ? Directory.GetFiles($"{_folder}/mail/all/new").Order() : [];

    /// <summary>Makes one. For root only, as Postfix is started by nobody else.</summary>
    /// <param name="address">Its address of 127.0.0.0/8.</param>
    /// <param name="port">Its port.</param>
    /// <param name="domains">The domains it takes mail for.</param>
    /// <param name="settings">More lines of main.cf.</param>
    /// <exception cref="InvalidOperationException">It could not be made.</exception>
    public static async Task<PostfixFolder> CreateAsync(string address, int port, string[] domains, string settings)
    {
        var folder = Directory.CreateTempSubdirectory("postfix-");
        foreach (var name in new[] { "conf", "conf/postfix-files.d", "data", "mail", "spool" })
            folder.CreateSubdirectory(name);
        await RunAsync("chmod", "755", folder.FullName);
        await RunAsync("chown", "postfix", $"{folder}/data");
        await RunAsync("chown", $"{Nobody}:{Nobody}", $"{folder}/mail");
        File.Copy("/etc/postfix/postfix-files", $"{folder}/conf/postfix-files");
        await File.WriteAllTextAsync($"{folder}/conf/main.cf", MainFile(folder, domains) + settings);
        await File.WriteAllTextAsync($"{folder}/conf/master.cf", MasterFile(address, port));
        return new PostfixFolder(folder);
    }

    /// <summary>Whether messages are neither delivered nor deferred yet.</summary>
    public bool HasMail => new[] { "incoming", "active" }.Any(queue => Directory.EnumerateFiles($"{_folder}/spool/{queue}", "*", SearchOption.AllDirectories).Any());

    /// <summary>Makes the folders of the queue, for who starts <see cref="Master"/> and not postfix(1).</summary>
    /// <exception cref="InvalidOperationException">They could not be made.</exception>
    public Task MakeQueueAsync() => RunAsync("/usr/sbin/postfix", "-c", Configuration, "check");

    /// <summary>Deletes it, once Postfix has ended.</summary>
    public void Delete() => _folder.Delete(recursive: true);

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}.");
    }

    private static string MainFile(DirectoryInfo folder, string[] domains) => $"""
        compatibility_level = 3.6
        queue_directory = {folder}/spool
        data_directory = {folder}/data
        command_directory = /usr/sbin
        daemon_directory = {Programs}
        mail_owner = postfix
        setgid_group = postdrop
        mydestination =
        mynetworks = 127.0.0.0/8
        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        alias_maps =
        virtual_mailbox_domains = {string.Join(", ", domains)}
        virtual_mailbox_base = {folder}/mail
        virtual_mailbox_maps = static:all/
        virtual_mailbox_limit = 0
        virtual_uid_maps = static:{Nobody}
        virtual_gid_maps = static:{Nobody}
        message_size_limit = 60000000

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
