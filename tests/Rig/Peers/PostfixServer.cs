// Postfix, as an instance of its own.
using MailFunctions.Local;

namespace MailFunctions.Rig.Peers;

/// <summary>Postfix with a configuration, a queue and a log of its own; the system's instance, if there is one, is left alone.</summary>
internal sealed class PostfixServer(string master) : RealServer
{
    private protected override async Task<ChildCommand> ConfigureAsync()
    {
        foreach (var folder in new[] { "mail", "data" })
            await MakeAsync(folder, "postfix");
        await MakeAsync("spool", null);
        await WriteAsync("main.cf", $$"""
            compatibility_level = 3.6
            queue_directory = {{Folder}}/spool
            data_directory = {{Folder}}/data
            daemon_directory = {{Path.GetDirectoryName(master)}}
            command_directory = /usr/sbin
            mail_owner = postfix
            setgid_group = postdrop
            maillog_file = {{Folder}}/log
            maillog_file_prefixes = {{Folder}}
            myhostname = {{Name}}
            mydestination =
            alias_maps =
            inet_interfaces = 127.0.0.1
            inet_protocols = ipv4
            virtual_mailbox_domains = peer.test
            virtual_mailbox_base = {{Folder}}/mail
            virtual_mailbox_maps = static:all/
            virtual_uid_maps = static:{{await IdAsync("-u")}}
            virtual_gid_maps = static:{{await IdAsync("-g")}}
            virtual_minimum_uid = 1
            smtpd_recipient_restrictions =
              check_recipient_access inline:{ { no@peer.test = 550 5.1.1 No such user }, { later@peer.test = 450 4.2.0 Come later } },
              reject_unauth_destination
            message_size_limit = 1000000
            smtpd_tls_cert_file = {{CertificateFile}}
            smtpd_tls_key_file = {{KeyFile}}
            smtpd_tls_security_level = may
            """ + "\n");
        await WriteAsync("master.cf", $"""
            127.0.0.1:{Port} inet n - n - - smtpd
            127.0.0.1:{SecurePort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 300 1 qmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            anvil unix - - n - 1 anvil
            tlsmgr unix - - n 1000? 1 tlsmgr
            virtual unix - n n - - virtual
            error unix - - n - - error
            retry unix - - n - - error
            postlog unix-dgram n - n - 1 postlogd
            """ + "\n");
        await RunAsync("/usr/sbin/postfix", "-c", Folder, "check"); // makes the queue's folders
        return new ChildCommand(master, ["-c", Folder, "-d"]) { OrphanSignal = "TERM" };
    }

    private static async Task<string> IdAsync(string option)
    {
        using var process = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("id", [option, "postfix"]) { RedirectStandardOutput = true })!;
        var text = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return text.Trim();
    }
}
