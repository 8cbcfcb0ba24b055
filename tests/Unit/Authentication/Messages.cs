// Messages on their way through the digests, for all tests of signatures.
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Authentication;

internal static class Messages
{
    // When most of the test data was signed; what is of the future then is not looked at for its time.
    public static readonly DateTimeOffset Today = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public const string Plain =
        "From: Alice <alice@example.test>\r\nTo: bob@example.net\r\nSubject: Hello   there\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\n" +
        "Message-ID: <1@example.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nOne  line \r\n\r\n  another\t\r\n\r\n\r\n";

    public static byte[] Octets(string text) => Encoding.Latin1.GetBytes(text);

    // Files of others have either line end; a CR alone is none.
    public static byte[] Read(string path) => Lines(Encoding.Latin1.GetString(File.ReadAllBytes(path)));

    public static byte[] Lines(string text) =>
        Octets(text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal));

    public static MessageDigest Digest(ReadOnlySpan<byte> message, int cut = 0, DigestPurpose purpose = DigestPurpose.Verify)
    {
        var digest = new MessageDigest(purpose);
        digest.Pass(message[..cut]);
        digest.Pass(message[cut..]);
        digest.Complete();
        return digest;
    }

    public static async Task<IReadOnlyList<DkimResult>> VerifyAsync(byte[] message, IResolver resolver, int cut = 0, DateTimeOffset? now = null)
    {
        using var digest = Digest(message, cut);
        return await new DkimVerifier(resolver, new FakeTime(now ?? Today)).VerifyAsync(digest, TestContext.Current.CancellationToken);
    }

    public static async Task<ArcResult> ValidateAsync(byte[] message, IResolver resolver, int cut = 0)
    {
        using var digest = Digest(message, cut);
        return await new ArcValidator(resolver).ValidateAsync(digest, TestContext.Current.CancellationToken);
    }

    public static string Words(IReadOnlyList<DkimResult> results) =>
        results.Count == 0 ? "none" : string.Join(' ', results.Select(result => AuthenticationResults.Word(result.Verdict)));

    // A zone file of JSON: a name, and its text or texts.
    public static ZoneResolver Zones(JsonElement names)
    {
        var resolver = new ZoneResolver();
        foreach (var name in names.EnumerateObject())
        {
            foreach (var text in name.Value.ValueKind == JsonValueKind.Array ? name.Value.EnumerateArray().Select(item => item.GetString()!) : [name.Value.GetString()!])
                resolver.AddTxt(name.Name, text);
        }
        return resolver;
    }
}
