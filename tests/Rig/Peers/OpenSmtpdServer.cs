// OpenSMTPD, installed or only unpacked.
using MailFunctions.Local;

namespace MailFunctions.Rig.Peers;

/// <summary>OpenSMTPD, which has neither PIPELINING nor CHUNKING.</summary>
internal sealed class OpenSmtpdServer(string smtpd) : RealServer
{
    public override bool Defers => false;

    private protected override async Task<ChildCommand> ConfigureAsync()
    {
        await MakeAsync("mail", "nobody");
        var configuration = await WriteAsync("smtpd.conf", $$"""
            pki {{Name}} cert "{{CertificateFile}}"
            pki {{Name}} key "{{KeyFile}}"
            table users { "@" = "nobody" }
            smtp max-message-size "1000000"
            listen on 127.0.0.1 port {{Port}} tls pki {{Name}} hostname {{Name}}
            listen on 127.0.0.1 port {{SecurePort}} smtps pki {{Name}} hostname {{Name}}
            action "store" maildir "{{Mailbox}}" virtual <users>
            match from any for rcpt-to "no@peer.test" reject
            match from any for domain "peer.test" action "store"
            """ + "\n");
        // Its queue, its socket and its delivery programs are at places that are built into it.
        return await InNamespaceAsync(
            ["opensmtpd", "opensmtpq"],
            [
                "mount -t tmpfs tmpfs /var/spool", "mount -t tmpfs tmpfs /var/lib", "mkdir -p /var/lib/opensmtpd/empty", "mount -t tmpfs tmpfs /run",
                $"mount --bind {FileOf(smtpd, "/usr/libexec")} /usr/libexec",
            ],
            smtpd, "-d", "-f", configuration);
    }
}
