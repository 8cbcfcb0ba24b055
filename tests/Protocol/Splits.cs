// However the network cuts what a client sends: the same answers, and the same stored octets.
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Rig.Memory;

namespace MailFunctions.Protocol;

public sealed class Splits
{
    private const int RandomSplits = 10_000;

    private static readonly string Login = Convert.ToBase64String(Encoding.UTF8.GetBytes("\0alice@us.test\0" + SmtpRig.Password));

    // Name, listener, and what is sent: each part once the answer to the one before has begun so.
    private static readonly (string Name, string Listener, (string Until, string Octets)[] Parts)[] Sessions =
    [
        ("DATA, twice, pipelined", "Smtp",
        [
            ("220", "EHLO c.test\r\nMAIL FROM:<a@far.test> SIZE=40\r\nRCPT TO:<both@us.test>\r\nRCPT TO:<nobody@us.test>\r\nDATA\r\n"),
            ("354", "Subject: x\r\n\r\n..\r\n...x\r\nbody\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<bob@us.test>\r\nDATA\r\n"),
            ("354", "a\n.\r\nb\r\n.\r\nDATA\r\nQUIT\r\n"),
        ]),
        ("BDAT", "Smtp",
        [
            ("220", "EHLO c.test\r\nMAIL FROM:<a@far.test>\r\nRCPT TO:<alice@us.test>\r\nBDAT 8\r\na\r\n.\r\nb\rNOOP\r\nBDAT 3 LAST\r\n\nc\rRSET\r\n"
                + "MAIL FROM:<a@far.test>\r\nRCPT TO:<bob@us.test>\r\nBDAT 7\r\nQUIT\r\n\rBDAT 1 LAST\r\n\nBDAT 6\r\nQUIT\r\nQUIT\r\n"),
        ]),
        ("mistakes", "Smtp", [("220", "MAIL\r\n\r\nNOOP\0\r\nHELO c\r\nA\rB\r\nVRFY \u00c3\u00a4\r\nRSET x\r\nNOOP\n")]),
        ("mail of a user", "Submissions",
        [
            ("220", $"EHLO c.test\r\nAUTH PLAIN {Login}\r\nMAIL FROM:<alice@us.test>\r\nRCPT TO:<x@far.test>\r\nDATA\r\n"),
            ("354", "Subject: x\r\nFrom: alice@us.test\r\nDate: Wed, 04 Mar 2026 10:00:00 +0000\r\nMessage-ID: <1@us.test>\r\n\r\nx\r\n.\r\nQUIT\r\n"),
        ]),
        ("a mailbox", "Pop3", [("+OK", "CAPA\r\nUSER alice@example.test\r\nPASS secret\r\nSTAT\r\nUIDL\r\nTOP 1 1\r\nRETR 2\r\nDELE 1\r\nLIST\r\nQUIT\r\n")]),
    ];

    private static readonly (string Name, string Listener, (string Until, string Octets)[] Parts)[] Short =
    [
        ("a short DATA", "Smtp", [("220", "HELO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@us.test>\r\nDATA\r\n"), ("354", ".x\r\n.\r\nQUIT\r\n")]),
        ("a short BDAT", "Smtp", [("220", "EHLO c\r\nMAIL FROM:<>\r\nRCPT TO:<bob@us.test>\r\nBDAT 3 LAST\r\n.\r\nQUIT\r\n")]),
        ("a short mailbox", "Pop3", [("+OK", "USER alice@example.test\r\nPASS secret\r\nDELE 2\r\nQUIT\r\n")]),
    ];

    public static TheoryData<string> Names => [.. Sessions.Concat(Short).Select(session => session.Name)];

    public static TheoryData<string> ShortNames => [.. Short.Select(session => session.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_cut_anywhere_and_a_cut_everywhere_change_nothing(string name)
    {
        var session = Of(name);
        var whole = await PlayAsync(session, []);
        var length = LengthOf(session);
        for (var cut = 1; cut < length; cut++)
            Assert.Equal(whole, await PlayAsync(session, [cut]));
        Assert.Equal(whole, await PlayAsync(session, [.. Enumerable.Range(1, length - 1)]));
    }

    [Theory]
    [MemberData(nameof(ShortNames))]
    public async Task Two_cuts_anywhere_change_nothing(string name)
    {
        var session = Of(name);
        var whole = await PlayAsync(session, []);
        for (var first = 1; first < LengthOf(session); first++)
        {
            for (var second = first + 1; second < LengthOf(session); second++)
                Assert.Equal(whole, await PlayAsync(session, [first, second]));
        }
    }

    [Fact]
    public async Task Ten_thousand_random_splits_change_nothing()
    {
        var clear = Sessions.Where(session => session.Listener != "Submissions").ToArray(); // a handshake each would take minutes
        var wholes = new Dictionary<string, string>();
        foreach (var session in clear)
            wholes.Add(session.Name, await PlayAsync(session, []));
        for (var seed = 0; seed < RandomSplits; seed++)
        {
            var random = new Random(seed);
            var session = clear[seed % clear.Length];
            int[] cuts = [.. Enumerable.Range(0, random.Next(1, 30)).Select(_ => random.Next(1, LengthOf(session))).Distinct().Order()];
            var transcript = await PlayAsync(session, cuts);
            Assert.True(wholes[session.Name] == transcript, $"{session.Name}, seed {seed}, cut at {string.Join(", ", cuts)}:\n{transcript}");
        }
    }

    private static (string Name, string Listener, (string Until, string Octets)[] Parts) Of(string name) =>
        Sessions.Concat(Short).Single(session => session.Name == name);

    private static int LengthOf((string Name, string Listener, (string Until, string Octets)[] Parts) session) => session.Parts.Sum(part => part.Octets.Length);

    // Everything the server said, and everything that is stored behind it.
    private static async Task<string> PlayAsync((string Name, string Listener, (string Until, string Octets)[] Parts) session, int[] cuts)
    {
        if (session.Listener == "Pop3")
        {
            await using var server = new Pop3Server(withCertificate: false).With("a: b\r\n\r\n1\r\n2\r\n", "a: b\r\n\r\n.\r\n..\r\n");
            await using var client = new MemoryClient(server.HandlerOf("Pop3").OnConnectedAsync, "127.0.0.1", PipeScheduler.Inline);
            var said = await TalkAsync(client, session.Parts, cuts);
            await client.Ended;
            return said + string.Join(",", server.Maildrop.Messages);
        }
        await using var rig = new SmtpRig(time: new ManualTime(), withTls: session.Listener == "Submissions");
        var answers = await TalkSmtpAsync(rig, session.Listener, session.Parts, cuts);
        var stored = new StringBuilder();
        foreach (var (envelope, content) in (await rig.SpooledAsync()).OrderBy(message => answers.IndexOf(message.Envelope.Id.Text, StringComparison.Ordinal)))
        {
            stored.Append($"{envelope.ReversePath} to {string.Join(",", envelope.Recipients.Select(to => to.Target))}\n{Encoding.Latin1.GetString(content)}\n")
                .Replace(envelope.Id.Text, "(id)");
            answers = answers.Replace(envelope.Id.Text, "(id)", StringComparison.Ordinal);
        }
        return answers + stored;
    }

    private static async Task<string> TalkSmtpAsync(SmtpRig rig, string listener, (string Until, string Octets)[] parts, int[] cuts)
    {
        await using var client = new MemoryClient(rig.HandlerOf(listener).OnConnectedAsync, scheduler: PipeScheduler.Inline);
        if (listener == "Submissions")
            await client.StartTlsAsync();
        return await TalkAsync(client, parts, cuts);
    }

    private static async Task<string> TalkAsync(MemoryClient client, (string Until, string Octets)[] parts, int[] cuts)
    {
        var said = new StringBuilder();
        var before = 0;
        foreach (var (until, octets) in parts)
        {
            string line;
            do
            {
                line = await client.ReadLineAsync() ?? throw new InvalidOperationException($"The server closed before it said {until}:\n{said}");
                said.Append(line).Append('\n');
            }
            while (!line.StartsWith(until, StringComparison.Ordinal));
            var from = 0;
            foreach (var cut in cuts.Select(cut => cut - before).Where(cut => cut > 0 && cut < octets.Length).Append(octets.Length))
            {
                await client.SendAsync(octets[from..cut]);
                from = cut;
            }
            before += octets.Length;
        }
        return said.Append(await client.ReadToEndAsync()).Append('\n').ToString();
    }
}
