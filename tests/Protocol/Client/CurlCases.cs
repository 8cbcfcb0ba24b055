// curl's test cases for SMTP, with curl's server in the part of the scripted one.
using System.Text;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Rig;
using MailFunctions.Rig.Peers;
using MailFunctions.Smtp.Client;
using MailFunctions.Wire;

namespace MailFunctions.Protocol.Client;

public sealed class CurlCases : IDisposable
{
    private static readonly string Cases = Path.GetFullPath(Path.Combine(AzuriteServer.RepositoryRoot, "..", "shared", "testdata", "smtp-pop3-curl", "smtp.json"));

    private readonly TestAuthority _authority = new();

    [Fact]
    public async Task What_curl_sends_we_send()
    {
        Assert.SkipUnless(File.Exists(Cases), $"{Cases} is missing.");
        var played = 0;
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(Cases));
        foreach (var row in json.RootElement.EnumerateArray())
        {
            var behaviour = Strings(row, "server_behaviour");
            var lines = Strings(row, "client_lines");
            if (row.GetProperty("curl_exit_code").GetString() != "0" || row.GetProperty("upload").ValueKind != JsonValueKind.String || !IsOurs(behaviour, lines))
                continue;
            await PlayAsync(behaviour, lines, Encoding.Latin1.GetBytes(row.GetProperty("upload").GetString()!));
            played++;
        }
        Assert.InRange(played, 12, 45);
    }

    // RFC 5321 2.3.5 wants qualified names and our addresses are ASCII; mechanisms that we do not have are not played.
    private static bool IsOurs(List<string> behaviour, List<string> lines) =>
        behaviour.All(entry => entry is "AUTH LOGIN" or "CAPA SIZE" || entry.StartsWith("REPLY", StringComparison.Ordinal))
        && lines.All(line => !line.StartsWith("AUTH ", StringComparison.Ordinal) || line == "AUTH LOGIN")
        && lines.Where(IsEnvelope).All(line => EmailAddress.TryParse(PathOf(line), out _));

    private async Task PlayAsync(List<string> behaviour, List<string> lines, byte[] upload)
    {
        var logsIn = lines.Contains("AUTH LOGIN");
        var script = new PeerScript
        {
            Extensions = behaviour.Contains("CAPA SIZE") ? ["SIZE"] : [],
            Certificate = logsIn ? _authority.Issue(ClientRig.Host) : null,
            Login = logsIn ? ("user", "secret") : null,
            Mechanisms = "LOGIN",
        };
        foreach (var entry in behaviour.Where(entry => entry.StartsWith("REPLY EHLO ", StringComparison.Ordinal)))
            script = script.Saying(PeerStage.Ehlo, entry["REPLY EHLO ".Length..]);
        await using var rig = new ClientRig(script);
        rig.Target = rig.Target with { Hello = lines[0]["EHLO ".Length..] };
        if (logsIn)
            rig.Target = rig.Target with { Tls = TlsMode.Required, TrustedRoots = _authority.Roots, Login = new ClientLogin("user", "secret") };
        var content = Unstuff(upload, out var isDirty);
        var paths = lines.Where(IsEnvelope).Select(PathOf).ToList();
        var message = ClientRig.Message(content, int.MaxValue, [.. paths.Skip(1)]) with { ReversePath = EmailAddress.Parse(paths[0]) };
        if (isDirty)
        {
            // curl sends what it was given, bare LF and all; we do not.
            await using var connection = await rig.OpenAsync();
            Assert.Equal("5.6.0", (await rig.SendAsync(connection, message)).Trouble!.Status.ToString());
            return;
        }
        Assert.Equal(new string('D', paths.Count - 1), ClientRig.Letters(await rig.DeliverAsync(message)));
        Assert.Equal(content, Assert.Single(rig.Peer.Taken).Content);
        var sent = rig.Session.Lines.SkipWhile((line, i) => logsIn && i < 2).ToList(); // ours goes under TLS first
        Assert.Equal(lines.Where(line => line is not ("dXNlcg==" or "c2VjcmV0")).Select(Comparable), sent.Select(Comparable));
    }

    // curl's SIZE is that of the file before its line ends were converted; the responses of AUTH are not command lines to our server.
    private static string Comparable(string line)
    {
        var size = line.IndexOf(" SIZE=", StringComparison.Ordinal);
        return size < 0 ? line : line[..(size + 6)];
    }

    private static byte[] Unstuff(byte[] upload, out bool isDirty)
    {
        var decoder = new DotDecoder();
        var content = new byte[upload.Length];
        decoder.Decode(upload, content, out _, out var length);
        Assert.True(decoder.Ended);
        isDirty = decoder.Defects != ContentDefects.None;
        return content[..length];
    }

    private static bool IsEnvelope(string line) => line.StartsWith("MAIL FROM:<", StringComparison.Ordinal) || line.StartsWith("RCPT TO:<", StringComparison.Ordinal);

    private static string PathOf(string line) => line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];

    private static List<string> Strings(JsonElement row, string name) => [.. row.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];

    public void Dispose() => _authority.Dispose();
}
