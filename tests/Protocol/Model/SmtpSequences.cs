// Random sequences of commands against the real session: every reply and every state behind it is that of the model.
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Protocol.Smtp;
using MailFunctions.Wire;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Protocol.Model;

public sealed class SmtpSequences
{
    private const int MostCommands = 16;
    private const int OneInWithTls = 12; // a handshake costs as much as a whole sequence in clear

    private static string[] Written(string content) => ["MAIL of alice", "RCPT", content];

    private static readonly string[] Begun = ["EHLO", "MAIL", "RCPT"];

    // A sequence that failed once, or has brought down others, stays here under its name.
    public static TheoryData<string, string[]> Rows => new()
    {
        { "ST-01 BDAT fails, then DATA", [.. Begun, "BDAT with a bare LF", "DATA", "NOOP"] },
        { "ST-01 BDAT is too big, then DATA", [.. Begun, "BDAT that is too big", "DATA", "NOOP"] },
        { "ST-01 BDAT with a bad end marker, then DATA", [.. Begun, "BDAT LASTX", "DATA", "NOOP"] },
        { "ST-01 the second chunk fails, then DATA", [.. Begun, "BDAT", "BDAT with a bare LF", "DATA", "RCPT", "BDAT LAST"] },
        { "ST-01 chunks that together are too big, then DATA", [.. Begun, "BDAT 150", "BDAT 150", "DATA", "BDAT LAST"] },
        { "ST-01 content is refused at its end, then RCPT and DATA without MAIL", [.. Begun, "DATA with a bare LF", "RCPT", "DATA"] },
        { "ST-01 content is too big, then RCPT and DATA without MAIL", [.. Begun, "DATA that is too big", "RCPT", "DATA"] },
        { "ST-01 content is taken, then RCPT and DATA without MAIL", [.. Begun, "DATA", "RCPT", "DATA"] },
        { "ST-01 MAIL, RCPT, VRFY in UTF-8, DATA", [.. Begun, "VRFY in UTF-8", "DATA", "DATA"] },
        { "ST-02 BDAT 0 LAST", [.. Begun, "BDAT 0 LAST", "BDAT 0 LAST"] },
        { "ST-02 BDAT before MAIL and before RCPT", ["BDAT", "EHLO", "BDAT LAST", "MAIL", "BDAT LAST", "RCPT"] },
        { "ST-02 DATA behind BDAT", [.. Begun, "BDAT", "DATA", "BDAT LAST"] },
        { "ST-02 MAIL, RCPT and NOOP between chunks", [.. Begun, "BDAT", "MAIL", "RCPT", "NOOP", "BDAT LAST"] },
        { "ST-02 a negative size", [.. Begun, "BDAT -1"] },
        { "ST-02 a size beyond all numbers", [.. Begun, "BDAT beyond all numbers"] },
        { "ST-03 BINARYMIME", ["EHLO", "MAIL with BINARYMIME", "BDAT LAST", "RCPT"] },
        { "ST-04 SIZE lies and the content is small enough", ["EHLO", "MAIL with a SIZE that lies", "RCPT", "DATA"] },
        { "ST-04 SIZE lies and the content is too big", ["EHLO", "MAIL with a SIZE that lies", "RCPT", "DATA that is too big", "DATA"] },
        { "ST-04 SIZE lies and a chunk is too big", ["EHLO", "MAIL with a SIZE that lies", "RCPT", "BDAT that is too big", "BDAT LAST"] },
        { "TLS-05 a transaction and a login do not survive", ["EHLO", "STARTTLS", "MAIL", "EHLO", "STARTTLS", "AUTH PLAIN", "MAIL of alice", "STARTTLS"] },
        { "TLS-07 STARTTLS with an argument, inside a transaction, twice", [.. Begun, "STARTTLS with an argument", "STARTTLS", "RSET", "STARTTLS", "EHLO", "STARTTLS"] },
        { "RFC 6409 whoever has logged in names an author", ["EHLO", "STARTTLS", "EHLO", "AUTH PLAIN", .. Written("DATA with nothing"), .. Written("BDAT LAST"), .. Written("BDAT 0 LAST"), .. Written("BDAT LAST with From"), .. Written("DATA")] },
        { "AUTH inside a transaction and twice", ["EHLO", "AUTH PLAIN", "MAIL of alice", "AUTH PLAIN", "RSET", "AUTH PLAIN", "MAIL"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_session_follows_the_model(string name, string[] shapes)
    {
        Assert.NotEmpty(name);
        foreach (var listener in Listeners.Rows.Where(row => row.Service != Service.Pop3))
        {
            foreach (var canEncrypt in new[] { true, false })
            {
                if (!canEncrypt && listener.Tls == TlsMode.Implicit)
                    continue;
                await using var rig = RigOf(canEncrypt);
                var sequence = new Sequence(rig, listener, canEncrypt);
                Assert.Null(await sequence.RunAsync(shapes.Select(SmtpModel.Of)));
            }
        }
    }

    [Fact]
    public async Task ST_01_random_sequences_of_commands_leave_the_session_where_the_model_says()
    {
        var reached = new HashSet<string>();
        var rig = RigOf(withTls: false);
        try
        {
            var count = await SeededRuns.RunAsync(async seed =>
            {
                var random = new Random(seed);
                var withTls = random.Next(OneInWithTls) == 0;
                if (withTls || seed % 100 == 0)
                {
                    await rig.DisposeAsync();
                    rig = RigOf(withTls);
                }
                else if (rig.Services.Tls.Has(Listeners.Rows[0]))
                {
                    await rig.DisposeAsync();
                    rig = RigOf(withTls: false);
                }
                var sequence = new Sequence(rig, Listeners.Rows[random.Next(withTls ? 3 : 2)], withTls) { Reached = reached };
                return await sequence.RunAsync(Enumerable.Range(0, random.Next(1, MostCommands)).Select(_ => Choose(random)));
            });
            TestContext.Current.TestOutputHelper?.WriteLine($"{count} sequences");
            if (count >= SeededRuns.Usual)
                Assert.Equal("", string.Join("; ", SmtpModel.Shapes.SelectMany(shape => shape.Rows.Select(shape.NameOf)).Except(reached).Except(Rare)));
        }
        finally
        {
            await rig.DisposeAsync();
        }
    }

    // What random sequences of this length do not always come to: small chunks that together are too big, and content without an author under a login.
    private static readonly string[] Rare =
        ["DATA with nothing, row 4", "BDAT LAST, row 7", "BDAT 0 LAST, row 7", "BDAT, row 6", "BDAT LAST, row 6", "BDAT 0 LAST, row 6", "BDAT with a bare LF, row 6", "BDAT LASTX, row 6", "BDAT LAST with From, row 6", "BDAT that is too big, row 7"];

    private static readonly SmtpShape[] Weighted = [.. SmtpModel.Shapes.SelectMany(shape => Enumerable.Repeat(shape, shape.Weight))];

    private static SmtpShape Choose(Random random) => Weighted[random.Next(Weighted.Length)];

    private static SmtpRig RigOf(bool withTls) => new(
        options => options.MaxMessageBytes = SmtpState.MaxMessage, withTls: withTls, limits: new WireLimits { Errors = SmtpState.MaxErrors, ErrorPause = TimeSpan.Zero });

    // One session beside its model.
    private sealed class Sequence(SmtpRig rig, Listener listener, bool canEncrypt)
    {
        private readonly StringBuilder _story = new(listener.Name);
        private readonly int _before = rig.Stores.Spool.Ids.Count;
        private SmtpSession? _session;
        private SmtpState _state = new(
            (listener.Service == Service.Submit ? SmtpFacts.Submission : 0)
            | (canEncrypt ? SmtpFacts.Certificate : 0)
            | (listener.Tls == TlsMode.Implicit ? SmtpFacts.Tls : 0));

        /// <summary>Where the rows that were used are noted.</summary>
        public HashSet<string>? Reached { get; init; }

        /// <summary>Runs it; null if everything was as the model says.</summary>
        public async Task<string?> RunAsync(IEnumerable<SmtpShape> shapes)
        {
            await using var client = new MemoryClient(ServeAsync, scheduler: PipeScheduler.Inline);
            if (listener.Tls == TlsMode.Implicit)
                await client.StartTlsAsync();
            if (await client.ReadReplyAsync() is not ['2', '2', '0', ..])
                return $"{_story}: no greeting.";
            foreach (var shape in shapes)
            {
                if (await StepAsync(client, shape) is { } trouble)
                    return $"{_story}: {trouble}";
                if (_state.Ended)
                    break;
            }
            if (_state.Ended && await client.ReadReplyAsync() is { } more)
                return $"{_story}: '{more}' in place of the end.";
            var stored = rig.Stores.Spool.Ids.Count - _before;
            return stored == _state.Stored ? null : $"{_story}: {stored} messages are stored, not {_state.Stored}.";
        }

        private async Task<string?> StepAsync(MemoryClient client, SmtpShape shape)
        {
            _story.Append($", \"{shape.Name}\"");
            var (codes, expected, row) = shape.Expect(_state);
            Reached?.Add(shape.NameOf(row));
            await client.SendAsync(shape.Sent);
            var answered = 0;
            foreach (var code in codes)
            {
                var reply = await client.ReadReplyAsync();
                while (reply is ['3', ..] && answered < shape.Continued.Length)
                {
                    await client.SendAsync(shape.Continued[answered++]);
                    reply = await client.ReadReplyAsync();
                }
                if (reply is null || !reply.StartsWith(code.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal))
                    return $"'{reply}' in place of {code}.";
            }
            if (expected.Has(SmtpFacts.Tls) && !_state.Has(SmtpFacts.Tls))
            {
                await client.StartTlsAsync();
                await client.AskAsync("NOOP"); // the client is done with the handshake first, and no reply says when the server is
            }
            _state = expected;
            return _state.Ended || Seen() == Shown(_state) ? null : $"{Seen()} in place of {Shown(_state)}.";
        }

        private string Seen() => Show(_session!.Facts, _session.Transaction?.Accepted ?? 0);

        private static string Shown(SmtpState state) => Show(state.Facts, state.Recipients);

        private static string Show(SmtpFacts facts, int recipients) => string.Create(CultureInfo.InvariantCulture, $"({facts}, {recipients} recipients)");

        private async Task ServeAsync(ConnectionContext context)
        {
            await using var connection = new ClientConnection(context, rig.Services.Limits, rig.Services.Time, rig.Meters.Metrics, addressHidden: false);
            if (listener.Tls == TlsMode.Implicit && !await connection.HandshakeAsync(rig.Services.Tls.Of(listener)))
                return;
            _session = new SmtpSession(connection, listener, rig.Services, NullLogger.Instance);
            await _session.RunAsync(CancellationToken.None);
        }
    }
}
