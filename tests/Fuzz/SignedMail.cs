// Signed and sealed mail for the targets that check it: the same at each run, whatever the clock says.
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Fuzz;

/// <summary>A message of far.test, and whoever signs it.</summary>
internal static class SignedMail
{
    public const string Plain = "From: a@far.test\r\nTo: b@us.test\r\nSubject: x\r\nDate: Wed, 04 Mar 2026 10:00:00 +0000\r\n"
        + "Message-ID: <1@far.test>\r\n\r\none\r\n\r\ntwo  three\r\n";

    // A key of no secret: its seed is 0 to 31.
    private const string Pem =
        "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n-----END PRIVATE KEY-----\n";

    /// <summary>The clock.</summary>
    public static FakeTime Time { get; } = new(new DateTimeOffset(2026, 3, 4, 12, 0, 0, TimeSpan.Zero));

    /// <summary>The key and its domain.</summary>
    public static DkimKey Key { get; } = new(
        DomainName.Parse("far.test"), "s", SigningKey.TryParse(Pem, out var key, out var fault) ? key : throw new FormatException(fault));

    /// <summary>The message under a signature.</summary>
    public static string Signed { get; } = Text(new DkimSigner(Time).Sign(Digest([Encoding.Latin1.GetBytes(Plain)]), [Key])) + Plain;

    /// <summary>The signed message under a seal.</summary>
    public static string Sealed { get; } = Text(new ArcSealer(Time).Seal(
        Digest([Encoding.Latin1.GetBytes(Signed)]), new ArcResult(ArcVerdict.None, 0, ""), new AuthenticationResults("mx.far.test", []), Key)) + Signed;

    /// <summary>A resolver that has the key.</summary>
    public static ZoneResolver Zones() => new ZoneResolver().AddTxt("s._domainkey.far.test", Key.Key.DnsRecord);

    /// <summary>A message as its signatures are checked.</summary>
    public static MessageDigest Digest(IEnumerable<byte[]> pieces)
    {
        var digest = new MessageDigest(DigestPurpose.Verify | DigestPurpose.Sign);
        foreach (var piece in pieces)
            digest.Pass(piece);
        digest.Complete();
        return digest;
    }

    /// <summary>Holds that results are a field that ends where it ends.</summary>
    public static void CheckField(params MethodResult[] results)
    {
        var field = new AuthenticationResults("us.test", results).ToField();
        Assert.EndsWith("\r\n", field, StringComparison.Ordinal);
        foreach (var line in field[..^2].Split("\r\n").Skip(1))
            Assert.StartsWith("\t", line, StringComparison.Ordinal);
        Assert.DoesNotContain(field.Replace("\r\n\t", "", StringComparison.Ordinal)[..^2], c => c is not (>= ' ' and <= '~'));
    }

    private static string Text(byte[] octets) => Encoding.Latin1.GetString(octets);
}
