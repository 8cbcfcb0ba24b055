// Signatures and seals of ours before dkimpy, and dkimpy's before us: a signer and verifier that knows nothing of us.
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

public sealed class SignaturesAndDkimpy
{
    // The system's own interpreter: it is the one that has the system's packages.
    private const string Python = "/usr/bin/python3";

    private const string Verify = """
        import dkim, json, sys
        zones = json.loads(sys.argv[1])
        def txt(name, timeout=5):
            name = name.decode() if isinstance(name, bytes) else name
            value = zones.get(name.rstrip('.'))
            return value.encode() if value else None
        message = open(sys.argv[2], 'rb').read()
        for index in range(int(sys.argv[3])):
            try: print('pass' if dkim.DKIM(message).verify(idx=index, dnsfunc=txt) else 'fail')
            except dkim.ValidationError: print('fail')
        print('arc', dkim.arc_verify(message, dnsfunc=txt)[0].decode())
        """;

    private const string Sign = """
        import base64, dkim, sys
        rsa, seed = open(sys.argv[1], 'rb').read(), sys.argv[2].encode()
        message = open(sys.argv[3], 'rb').read()
        out = sys.stdout.buffer
        for header in (b'simple', b'relaxed'):
            for body in (b'simple', b'relaxed'):
                out.write(dkim.sign(message, b'r1', b'example.test', rsa, canonicalize=(header, body)))
                out.write(dkim.sign(message, b'e1', b'example.test', seed, canonicalize=(header, body), signature_algorithm=b'ed25519-sha256'))
        """;

    private static readonly byte[] Message = Encoding.Latin1.GetBytes(
        "Received: from x\r\n\tby y;\r\n  Sun, 1 Mar 2026 12:00:00 +0000\r\nFrom: Alice\r\n <alice@example.test>\r\nTO:  bob@example.net\r\nSubject: Gr\u00FC\u00DFe   und \t mehr \r\n" +
        "Date: Sun, 1 Mar 2026 12:00:00 +0000\r\nMessage-ID: <1@example.test>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nOne  line \r\n\r\n\tanother\t\r\n.\r\n\r\n\r\n");

    private static readonly DkimKey Rsa = new(DomainName.Parse("example.test"), "r1", SigningKey.NewRsa());
    private static readonly DkimKey Ed25519 = new(DomainName.Parse("example.test"), "e1", SigningKey.NewEd25519());

    private static ZoneResolver Zones =>
        new ZoneResolver().AddTxt("r1._domainkey.example.test", Rsa.Key.DnsRecord).AddTxt("e1._domainkey.example.test", Ed25519.Key.DnsRecord);

    [Fact]
    public async Task Signatures_of_both_keys_and_two_seals_of_ours_by_RSA_pass_at_dkimpy_and_a_changed_message_fails()
    {
        await RequireDkimpyAsync();
        var message = Message;
        using (var digest = Digest(message, DigestPurpose.Sign))
            message = [.. new DkimSigner(TimeProvider.System).Sign(digest, [Rsa, Ed25519]), .. message];
        for (var hop = 0; hop < 2; hop++)
        {
            using var digest = Digest(message, DigestPurpose.Verify | DigestPurpose.Sign);
            var chain = await new ArcValidator(Zones).ValidateAsync(digest, TestContext.Current.CancellationToken);
            var results = new AuthenticationResults("mx.example.test", [new MethodResult("dkim", "pass") { Reason = "signed; \"here\"" }]);
            message = [.. new ArcSealer(TimeProvider.System).Seal(digest, chain, results, Rsa), .. message];
        }
        Assert.Equal("pass pass arc pass", await VerifyAsync(message));
        message[^10] ^= 1;
        Assert.Equal("fail fail arc fail", await VerifyAsync(message));
    }

    [Fact]
    public async Task Signatures_of_dkimpy_in_every_form_pass_here()
    {
        await RequireDkimpyAsync();
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var (pem, file) = (Path.Combine(folder.FullName, "key"), Path.Combine(folder.FullName, "message"));
            await File.WriteAllTextAsync(pem, Rsa.Key.ExportPem());
            await File.WriteAllBytesAsync(file, Message);
            // The seed is the end of its PKCS #8.
            var octets = Convert.FromBase64String(string.Concat(Ed25519.Key.ExportPem().Split('\n')[1..^1]));
            var fields = (await Tool.SucceedAsync(Python, ["-c", Sign, pem, Convert.ToBase64String(octets[^32..]), file])).Output;
            using var digest = Digest([.. fields, .. Message], DigestPurpose.Verify);
            var results = await new DkimVerifier(Zones, TimeProvider.System).VerifyAsync(digest, TestContext.Current.CancellationToken);
            Assert.Equal(8, results.Count);
            Assert.All(results, result => Assert.Equal((DkimVerdict.Pass, ""), (result.Verdict, result.Reason)));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task RequireDkimpyAsync()
    {
        Assert.SkipUnless(File.Exists(Python), $"{Python} is not there.");
        Assert.SkipUnless((await Tool.RunAsync(Python, ["-c", "import dkim, nacl"])).ExitCode == 0, "python3-dkim and python3-nacl are not installed.");
    }

    private static async Task<string> VerifyAsync(byte[] message)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllBytesAsync(file, message);
            var zones = JsonSerializer.Serialize(new Dictionary<string, string>
            {
                ["r1._domainkey.example.test"] = Rsa.Key.DnsRecord,
                ["e1._domainkey.example.test"] = Ed25519.Key.DnsRecord,
            });
            return (await Tool.SucceedAsync(Python, ["-c", Verify, zones, file, "2"])).Text.ReplaceLineEndings(" ").Trim();
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static MessageDigest Digest(byte[] message, DigestPurpose purpose)
    {
        var digest = new MessageDigest(purpose);
        digest.Pass(message);
        digest.Complete();
        return digest;
    }
}
