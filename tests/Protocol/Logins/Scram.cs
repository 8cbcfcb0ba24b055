// SCRAM-SHA-256 and SCRAM-SHA-256-PLUS, over both protocols.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Gateway.Logins;
using MailFunctions.Protocol.Smtp;

namespace MailFunctions.Protocol.Logins;

public sealed class Scram
{
    private const string Plain = "SCRAM-SHA-256";
    private const string Plus = "SCRAM-SHA-256-PLUS";
    private const string Bound = "p=tls-server-end-point,,";
    private const string Right = SmtpRig.Password;

    // Mechanism, gs2-header, name, password, and what the first message is answered by in the end if nothing of it is changed.
    public static TheoryData<string, string, string, string, string, string> Openings
    {
        get
        {
            var rows = new TheoryData<string, string, string, string, string, string>();
            foreach (var protocol in new[] { "SMTP", "POP3" })
            {
                rows.Add(protocol, Plain, "n,,", "alice@us.test", Right, "accepted");
                rows.Add(protocol, Plain, "n,a=alice@us.test,", "alice@us.test", Right, "accepted");
                rows.Add(protocol, Plain, "n,,", "ALICE@us.test", Right, "accepted");
                rows.Add(protocol, Plus, Bound, "alice@us.test", Right, "accepted");
                rows.Add(protocol, Plain, "n,,", "alice@us.test", "wrong", "refused");
                rows.Add(protocol, Plain, "n,,", "nobody@us.test", Right, "refused");
                rows.Add(protocol, Plain, "n,,", "alice", Right, "refused");
                rows.Add(protocol, Plain, "n,,", "alice=3D@us.test", Right, "refused");
                rows.Add(protocol, Plus, Bound, "alice@us.test", "wrong", "refused");
                rows.Add(protocol, Plus, Bound, "nobody@us.test", Right, "refused");
                rows.Add(protocol, Plus, "p=tls-unique,,", "alice@us.test", Right, "refused");
                rows.Add(protocol, Plain, Bound, "alice@us.test", Right, "malformed");
                rows.Add(protocol, Plus, "n,,", "alice@us.test", Right, "malformed");
                rows.Add(protocol, Plain, "n,a=bob@us.test,", "alice@us.test", Right, "malformed");
                rows.Add(protocol, Plain, "n,,m=x,", "alice@us.test", Right, "malformed");
                rows.Add(protocol, Plain, "x,,", "alice@us.test", Right, "malformed");
                rows.Add(protocol, Plain, "n,", "alice@us.test", Right, "malformed");
                rows.Add(protocol, Plain, "n,,", "alice=40us.test", Right, "malformed");
                rows.Add(protocol, Plain, "n,,", "", Right, "malformed");
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Openings))]
    public async Task An_exchange_ends_as_it_should(string protocol, string mechanism, string header, string name, string password, string end)
    {
        await using var line = await LoginLine.ConnectAsync(protocol);
        var peer = PeerOf(line, header, name, password);
        Assert.Equal(end, await RunAsync(line, mechanism, peer, final => final));
        if (end != "accepted")
            await line.IsThereAsync();
    }

    // What is done to a final message that would be right.
    public static TheoryData<string, string> Changes => new()
    {
        { "another nonce", "malformed" },
        { "the client's nonce alone", "malformed" },
        { "no proof", "malformed" },
        { "a proof that is no base64", "malformed" },
        { "a proof of 31 octets", "refused" },
        { "a proof with one bit turned", "refused" },
        { "another certificate", "refused" },
        { "another header", "refused" },
        { "an extension behind the nonce", "refused" }, // it is part of what the proof is of
        { "nothing", "malformed" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_changed_final_message_lets_nobody_in(string change, string end)
    {
        foreach (var protocol in new[] { "SMTP", "POP3" })
        {
            await using var line = await LoginLine.ConnectAsync(protocol);
            var peer = PeerOf(line, Bound, "alice@us.test", Right);
            Assert.Equal(end, await RunAsync(line, Plus, peer, final => Change(final, change)));
            await line.IsThereAsync();
        }
    }

    [Theory]
    [InlineData("SMTP")]
    [InlineData("POP3")]
    public async Task A_certificate_between_us_and_the_client_is_noticed(string protocol)
    {
        await using var line = await LoginLine.ConnectAsync(protocol);
        var peer = new ScramPeer("alice@us.test", Right, Bound, SHA256.HashData("another certificate"u8));
        Assert.Equal("refused", await RunAsync(line, Plus, peer, final => final));
    }

    // RFC 5802 6: whoever could bind, and was not shown that we can, says y. Where it is in the list somebody must have taken it out.
    [Theory]
    [InlineData("SMTP", false, "accepted")]
    [InlineData("POP3", false, "accepted")]
    [InlineData("SMTP", true, "refused")]
    [InlineData("POP3", true, "refused")]
    public async Task A_client_that_misses_channel_binding_is_right_where_it_is_not_listed(string protocol, bool isListed, string end)
    {
        await using var line = await LoginLine.ConnectAsync(protocol, options => options.Logins.ChannelBinding = isListed);
        Assert.Equal(end, await RunAsync(line, Plain, PeerOf(line, "y,,", "alice@us.test", Right), final => final));
    }

    [Theory]
    [InlineData(false, "250 AUTH SCRAM-SHA-256 PLAIN LOGIN")]
    [InlineData(true, "250 AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256 PLAIN LOGIN")]
    public async Task Channel_binding_is_listed_where_that_is_configured(bool isListed, string last)
    {
        await using var rig = new SmtpRig(options => options.Logins.ChannelBinding = isListed);
        await using var client = await rig.ConnectTlsAsync();
        Assert.EndsWith(last, await client.AskAsync("EHLO c.test"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("SMTP")]
    [InlineData("POP3")]
    public async Task The_first_message_may_come_behind_an_empty_challenge(string protocol)
    {
        await using var line = await LoginLine.ConnectAsync(protocol);
        Assert.Equal("challenge ", await line.BeginAsync(Plain));
        Assert.StartsWith($"challenge r={ScramPeer.Nonce}", await line.RespondAsync($"n,,n=alice@us.test,r={ScramPeer.Nonce}"), StringComparison.Ordinal);
        Assert.Equal("cancelled", await line.AskAsync("*"));
        await line.IsThereAsync();
    }

    // RFC 4954 4: our proof goes in a challenge, and the client has nothing to say to it.
    [Theory]
    [InlineData("SMTP", "more", "malformed")]
    [InlineData("POP3", "more", "malformed")]
    [InlineData("SMTP", "*", "cancelled")]
    [InlineData("POP3", "*", "cancelled")]
    public async Task Until_the_client_has_taken_our_proof_nobody_is_logged_in(string protocol, string said, string end)
    {
        await using var line = await LoginLine.ConnectAsync(protocol);
        var peer = PeerOf(line, "n,,", "alice@us.test", Right);
        var first = await line.BeginAsync(Plain, peer.First);
        Assert.StartsWith("challenge v=", await line.RespondAsync(peer.Final(first["challenge ".Length..])), StringComparison.Ordinal);
        Assert.Equal(end, said == "*" ? await line.AskAsync("*") : await line.RespondAsync(said));
        await line.IsThereAsync();
    }

    [Theory]
    [InlineData("n,,n=a,r=xyz", 9)]
    [InlineData("y,a=b,n=a=2Cb,r=xyz", 16)]
    [InlineData("p=tls-exporter,,n=\u00e4,r=xyz", 23)]
    public void A_first_message_that_is_cut_is_read_from_its_nonce_on_only(string text, int readableFrom)
    {
        var whole = Encoding.UTF8.GetBytes(text);
        for (var length = 0; length <= whole.Length; length++)
            Assert.Equal(length > readableFrom, ScramClientFirst.Read(whole.AsSpan(0, length)) is not null);
    }

    [Fact]
    public void A_final_message_that_is_cut_has_another_proof_or_none()
    {
        var whole = Encoding.ASCII.GetBytes("c=biws,r=abcdef,p=" + Convert.ToBase64String(new byte[32]));
        for (var length = 0; length < whole.Length; length++)
            Assert.NotEqual(32, ScramClientFinal.Read(whole.AsSpan(0, length))?.Proof.Length ?? 0);
        Assert.Equal(32, ScramClientFinal.Read(whole)!.Proof.Length);
    }

    private static ScramPeer PeerOf(LoginLine line, string header, string name, string password) =>
        new(name, password, header, header.StartsWith('p') ? SHA256.HashData(line.Certificate) : []);

    private static async Task<string> RunAsync(LoginLine line, string mechanism, ScramPeer peer, Func<string, string> change)
    {
        var first = await line.BeginAsync(mechanism, peer.First);
        if (!first.StartsWith("challenge ", StringComparison.Ordinal))
            return first;
        var proof = await line.RespondAsync(change(peer.Final(first["challenge ".Length..])));
        if (!proof.StartsWith("challenge ", StringComparison.Ordinal))
            return proof;
        Assert.True(peer.IsProof(proof["challenge ".Length..]));
        return await line.AskAsync("");
    }

    private static string Change(string final, string change)
    {
        var parts = final.Split(',');
        var proof = Convert.FromBase64String(parts[2][2..]);
        switch (change)
        {
            case "another nonce":
                return final.Replace($",r={ScramPeer.Nonce}", $",r={ScramPeer.Nonce}x", StringComparison.Ordinal);
            case "the client's nonce alone":
                return $"{parts[0]},r={ScramPeer.Nonce},{parts[2]}";
            case "no proof":
                return $"{parts[0]},{parts[1]}";
            case "a proof that is no base64":
                return final + "!";
            case "a proof of 31 octets":
                return $"{parts[0]},{parts[1]},p={Convert.ToBase64String(proof.AsSpan(1))}";
            case "a proof with one bit turned":
                proof[^1] ^= 1;
                return $"{parts[0]},{parts[1]},p={Convert.ToBase64String(proof)}";
            case "another certificate":
                return $"c={Convert.ToBase64String([.. Encoding.ASCII.GetBytes(Bound), .. new byte[32]])},{parts[1]},{parts[2]}";
            case "another header":
                return $"c=biws,{parts[1]},{parts[2]}";
            case "an extension behind the nonce":
                return $"{parts[0]},{parts[1]},x=y,{parts[2]}";
            default:
                return "";
        }
    }
}
