// How fast messages are understood: MIME in MB/s, signatures a second, and what that allocates.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mime.Summaries;
using MailFunctions.Rig;

namespace MailFunctions.Bench;

/// <summary>Each measurement runs for five seconds on one core, after one second to warm up.</summary>
internal static class MessageSpeed
{
    private static readonly TimeSpan Warming = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(5);

    /// <summary>Summaries of the messages of others, all sets together; of one of ours where they are not there.</summary>
    public static Task<string> MimeOfOthersAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(AzuriteServer.RepositoryRoot, "..", "shared", "testdata");
        var messages = Directory.Exists(folder)
            ? Directory.EnumerateDirectories(folder, "mime-*").SelectMany(set => Directory.EnumerateFiles(set, "*", SearchOption.AllDirectories))
                .Where(path => Path.GetExtension(path) is ".eml" or ".msg").Select(File.ReadAllBytes).ToList()
            : [Mixed(20_000)];
        return Task.FromResult(Run("MIME of others", messages, message => Summarize(message), cancellationToken));
    }

    /// <summary>Summaries of one message of 20 MB: text, and attachments in base64.</summary>
    public static Task<string> LargeMimeAsync(CancellationToken cancellationToken) =>
        Task.FromResult(Run("MIME of 20 MB", [Mixed(20_000_000)], message => Summarize(message), cancellationToken));

    /// <summary>Verifications of a message of 4 KiB with one signature.</summary>
    public static async Task<string> DkimAsync(bool rsa, CancellationToken cancellationToken)
    {
        var key = new DkimKey(DomainName.Parse("us.test"), "s", rsa ? SigningKey.NewRsa() : SigningKey.NewEd25519());
        var message = Mixed(4_096);
        using (var digest = Digest(message, DigestPurpose.Sign))
            message = [.. new DkimSigner(TimeProvider.System).Sign(digest, [key]), .. message];
        var verifier = new DkimVerifier(new ZoneResolver().AddTxt("s._domainkey.us.test", key.Key.DnsRecord), TimeProvider.System);
        var (count, took, allocated) = (0, TimeSpan.Zero, 0L);
        foreach (var time in new[] { Warming, Measured })
        {
            (count, allocated) = (0, GC.GetTotalAllocatedBytes());
            var clock = Stopwatch.StartNew();
            for (; clock.Elapsed < time; count++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                using var digest = Digest(message, DigestPurpose.Verify);
                if ((await verifier.VerifyAsync(digest, cancellationToken))[0].Verdict != DkimVerdict.Pass)
                    throw new InvalidOperationException("The signature is good.");
            }
            (took, allocated) = (clock.Elapsed, GC.GetTotalAllocatedBytes() - allocated);
        }
        return string.Create(
            CultureInfo.InvariantCulture, $"{count / took.TotalSeconds:N0} verifications/s of {(rsa ? "RSA 2048" : "Ed25519")}, {allocated / count:N0} octets allocated each");
    }

    private static string Run(string what, IReadOnlyList<byte[]> messages, Action<byte[]> work, CancellationToken cancellationToken)
    {
        var (count, octets, took, allocated) = (0L, 0L, TimeSpan.Zero, 0L);
        foreach (var time in new[] { Warming, Measured })
        {
            (count, octets, allocated) = (0, 0, GC.GetTotalAllocatedBytes());
            var clock = Stopwatch.StartNew();
            do
            {
                foreach (var message in messages)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    work(message);
                    count++;
                    octets += message.Length;
                }
            }
            while (clock.Elapsed < time);
            (took, allocated) = (clock.Elapsed, GC.GetTotalAllocatedBytes() - allocated);
        }
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{octets / took.TotalSeconds / 1e6:N0} MB/s, {count / took.TotalSeconds:N0} messages/s of {octets / count:N0} octets ({what}), {allocated / count:N0} octets allocated each");
    }

    /// <summary>The summary of a message that comes in pieces of 64 KiB.</summary>
    internal static MessageSummary Summarize(byte[] message)
    {
        var reader = new MessageSummaryReader();
        for (var at = 0; at < message.Length; at += 64 * 1024)
            reader.Pass(message.AsSpan(at, Math.Min(64 * 1024, message.Length - at)));
        return reader.Complete();
    }

    private static MessageDigest Digest(byte[] message, DigestPurpose purpose)
    {
        var digest = new MessageDigest(purpose);
        digest.Pass(message);
        digest.Complete();
        return digest;
    }

    /// <summary>A message of about so many octets, a tenth of it text, the rest an attachment.</summary>
    internal static byte[] Mixed(int octets)
    {
        var text = new StringBuilder(
            "From: Alice <alice@us.test>\r\nTo: bob@far.test\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <1@us.test>\r\n"
                + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=_x\"\r\n\r\n--=_x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n", octets + 1_000);
        while (text.Length < octets / 10)
            text.Append("The quick brown fox jumps over the lazy dog, again and again and again.\r\n");
        text.Append("--=_x\r\nContent-Type: image/png; name=a.png\r\nContent-Transfer-Encoding: base64\r\n\r\n");
        while (text.Length < octets)
            text.Append("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9\r\n");
        return Encoding.ASCII.GetBytes(text.Append("--=_x--\r\n").ToString());
    }
}
