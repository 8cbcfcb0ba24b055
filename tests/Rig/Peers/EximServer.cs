// Exim, installed or only unpacked.
using MailFunctions.Local;

namespace MailFunctions.Rig.Peers;

/// <summary>Exim, which also knows a login: by PLAIN and LOGIN, and by LOGIN alone for who calls himself login.test.</summary>
internal sealed class EximServer(string exim) : RealServer
{
    public override bool KnowsLogin => true;

    private protected override async Task<ChildCommand> ConfigureAsync()
    {
        foreach (var folder in new[] { "mail", "spool" })
            await MakeAsync(folder, "nobody");
        await RunAsync("chown", "nobody", KeyFile);
        var configuration = await WriteAsync("exim.conf", $$$"""
            exim_path = {{{exim}}}
            exim_user = nobody
            exim_group = nogroup
            never_users =
            primary_hostname = {{{Name}}}
            local_interfaces = <; [127.0.0.1]:{{{Port}}} ; [127.0.0.1]:{{{SecurePort}}}
            tls_on_connect_ports = {{{SecurePort}}}
            tls_advertise_hosts = *
            tls_certificate = {{{CertificateFile}}}
            tls_privatekey = {{{KeyFile}}}
            spool_directory = {{{Folder}}}/spool
            log_file_path = {{{Folder}}}/spool/log-%s
            pid_file_path = {{{Folder}}}/spool/exim.pid
            host_lookup =
            rfc1413_query_timeout = 0s
            keep_environment =
            chunking_advertise_hosts = *
            message_size_limit = 1000000
            acl_smtp_rcpt = check
            begin acl
            check:
              deny local_parts = no
                   message = 5.1.1 No such user
              defer local_parts = later
                   message = 4.2.0 Come later
              accept domains = peer.test
              deny message = relay denied
            begin routers
            all:
              driver = accept
              transport = maildir
            begin transports
            maildir:
              driver = appendfile
              directory = {{{Mailbox}}}
              create_directory
              maildir_format
              user = nobody
              group = nogroup
            begin authenticators
            plain:
              driver = plaintext
              public_name = PLAIN
              server_prompts = :
              server_advertise_condition = ${if and{ {def:tls_in_cipher} {!eq{$sender_helo_name}{login.test}} } }
              server_condition = ${if and{ {eq{$auth2}{USER}} {eq{$auth3}{PASSWORD}} } }
              server_set_id = $auth2
            login:
              driver = plaintext
              public_name = LOGIN
              server_prompts = <| Username: | Password:
              server_advertise_condition = ${if def:tls_in_cipher}
              server_condition = ${if and{ {eq{$auth1}{USER}} {eq{$auth2}{PASSWORD}} } }
              server_set_id = $auth1
            """.Replace("USER", User, StringComparison.Ordinal).Replace("PASSWORD", Password, StringComparison.Ordinal) + "\n");
        // Debian's Exim looks its own user up before it reads the configuration.
        return await InNamespaceAsync(["Debian-exim"], [], exim, "-C", configuration, "-bdf");
    }
}
