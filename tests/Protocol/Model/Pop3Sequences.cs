// Random sequences of POP3 commands against the real session: every answer and every state behind it is that of the model.
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Pop3;
using MailFunctions.Protocol.Pop3;
using MailFunctions.Rig;
using Microsoft.AspNetCore.Connections;

namespace MailFunctions.Protocol.Model;

public sealed class Pop3Sequences
{
    private const int MostCommands = 16;
    private const int OneInWithTls = 25;

    private static readonly string[] Begun = ["USER", "PASS"];

    public static TheoryData<string, string[]> Rows => new()
    {
        { "PO-03 RETR, LIST and TOP of a marked message", [.. Begun, "DELE 1", "RETR 1", "LIST 1", "TOP 1 0", "LIST", "DELE 1", "RSET", "RETR 1", "QUIT"] },
        { "PO-03 TOP with more lines than there can be", [.. Begun, "TOP 2 9223372036854775808", "NOOP"] },
        { "PO-07 QUIT deletes what is marked and nothing else", [.. Begun, "DELE 3", "DELE 1", "RSET", "DELE 2", "QUIT"] },
        { "PO-07 a bare LF deletes nothing", [.. Begun, "DELE 1", "a bare LF"] },
        { "PO-01 STLS forgets the name", ["USER", "STLS", "PASS", "USER", "PASS", "STLS"] },
        { "UTF8, then STLS", ["UTF8", "STLS", "USER", "PASS", "UTF8"] },
        { "three refused logins", ["USER", "PASS that is wrong", "USER of another", "PASS", "USER", "PASS with nothing"] },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_session_follows_the_model(string name, string[] shapes)
    {
        Assert.NotEmpty(name);
        foreach (var (listener, address, canEncrypt) in new[]
        {
            ("Pop3", "127.0.0.1", true), ("Pop3", "127.0.0.1", false), ("Pop3", "203.0.113.5", true), ("Pop3s", "203.0.113.5", true),
        })
        {
            await using var server = new Pop3Server(canEncrypt).With(Pop3Model.Messages);
            Assert.Null(await new Sequence(server, ListenerOf(listener), address, canEncrypt).RunAsync(shapes.Select(Pop3Model.Of)));
        }
    }

    [Fact]
    public async Task Random_sequences_of_commands_leave_the_session_where_the_model_says()
    {
        var reached = new HashSet<string>();
        var count = await SeededRuns.RunAsync(async seed =>
        {
            var random = new Random(seed);
            var withTls = random.Next(OneInWithTls) == 0;
            var (listener, address) = random.Next(withTls ? 4 : 10) switch
            {
                0 => ("Pop3", "203.0.113.5"),
                1 when withTls => ("Pop3s", "203.0.113.5"),
                _ => ("Pop3", "127.0.0.1"),
            };
            await using var server = new Pop3Server(withTls).With(Pop3Model.Messages);
            var sequence = new Sequence(server, ListenerOf(listener), address, withTls) { Reached = reached };
            return await sequence.RunAsync(Enumerable.Range(0, random.Next(1, MostCommands)).Select(_ => Weighted[random.Next(Weighted.Length)]));
        });
        TestContext.Current.TestOutputHelper?.WriteLine($"{count} sequences");
        if (count >= SeededRuns.Usual)
            Assert.Equal("", string.Join("; ", Pop3Model.Shapes.SelectMany(shape => shape.Rows.Select(shape.NameOf)).Except(reached)));
    }

    private static readonly Pop3Shape[] Weighted = [.. Pop3Model.Shapes.SelectMany(shape => Enumerable.Repeat(shape, shape.Weight))];

    private static Listener ListenerOf(string name) => Listeners.Rows.Single(row => row.Name == name);

    // One session beside its model.
    private sealed class Sequence(Pop3Server server, Listener listener, string address, bool canEncrypt)
    {
        private readonly StringBuilder _story = new($"{listener.Name} from {address}");
        private Pop3Session? _session;
        private bool _isTls = listener.Tls == TlsMode.Implicit;
        private Pop3ModelState _state = new(
            (address == "127.0.0.1" || listener.Tls == TlsMode.Implicit ? Pop3Facts.MayLogIn : 0)
            | (canEncrypt && listener.Tls == TlsMode.Upgrade ? Pop3Facts.MayStartTls : 0));

        /// <summary>Where the rows that were used are noted.</summary>
        public HashSet<string>? Reached { get; init; }

        /// <summary>Runs it; null if everything was as the model says.</summary>
        public async Task<string?> RunAsync(IEnumerable<Pop3Shape> shapes)
        {
            await using (var client = new MemoryClient(ServeAsync, address, PipeScheduler.Inline))
            {
                if (listener.Tls == TlsMode.Implicit)
                    await client.StartTlsAsync();
                if (await client.ReadLineAsync() is not ['+', 'O', 'K', ..])
                    return $"{_story}: no greeting.";
                foreach (var shape in shapes)
                {
                    if (await StepAsync(client, shape) is { } trouble)
                        return $"{_story}: {trouble}";
                    if (_state.Ended)
                        break;
                }
                if (_state.Ended && await client.ReadLineAsync() is { } more)
                    return $"{_story}: '{more}' in place of the end.";
            }
            if (server.Maildrop.IsHeld)
                return $"{_story}: the maildrop is held behind the end.";
            var left = server.Maildrop.Messages;
            for (var number = 1; number <= Pop3ModelState.Messages; number++)
            {
                if (left.Contains(Pop3MemoryMaildrop.IdOf(number)) == ((_state.Deleted & (1 << number)) != 0))
                    return $"{_story}: message {number} is not where it belongs.";
            }
            return null;
        }

        private async Task<string?> StepAsync(MemoryClient client, Pop3Shape shape)
        {
            _story.Append(CultureInfo.InvariantCulture, $", \"{shape.Name}\"");
            var (row, answer, expected) = shape.Expect(_state);
            Reached?.Add(shape.NameOf(row));
            await client.SendAsync(shape.Sent);
            var line = await client.ReadLineAsync();
            if (line is null || !line.StartsWith(answer, StringComparison.Ordinal))
                return $"'{line}' in place of '{answer}'.";
            if (row.Lines is { } count && await CountAsync(client) is var lines && lines != count(_state))
                return $"{lines} lines in place of {count(_state)}.";
            if (answer == "+OK Begin TLS" && !_isTls)
            {
                _isTls = true;
                await client.StartTlsAsync();
                await client.SendAsync("CAPA\r\n"); // the client is done with the handshake first, and no reply says when the server is
                await CountAsync(client);
            }
            _state = expected;
            return _state.Ended || Seen() == Shown(_state) ? null : $"{Seen()} in place of {Shown(_state)}.";
        }

        private static async Task<int> CountAsync(MemoryClient client)
        {
            for (var lines = 0; ; lines++)
            {
                if (await client.ReadLineAsync() is "." or null)
                    return lines;
            }
        }

        private string Seen() => _session!.State switch
        {
            AuthorizationState state => $"{state.Facts}, refused {state.Failures}",
            TransactionState state => $"{state.Facts}, {state.Maildrop.Count} messages of {state.Maildrop.Octets} octets",
            _ => "no state",
        };

        private static string Shown(Pop3ModelState state) => state.Has(Pop3Facts.LoggedIn)
            ? $"{state.Facts}, {state.Unmarked} messages of {Octets(state)} octets"
            : $"{state.Facts}, refused {state.Failures}";

        private static int Octets(Pop3ModelState state) => Enumerable.Range(1, 3).Where(state.Has).Sum(number => Pop3Model.Messages[number - 1].Length);

        private async Task ServeAsync(ConnectionContext context)
        {
            await using var connection = new ClientConnection(context, server.Services.Limits, server.Services.Time, server.Meters.Metrics, addressHidden: false);
            if (listener.Tls == TlsMode.Implicit && !await connection.HandshakeAsync(server.Services.Tls.Of(listener)))
                return;
            _session = new Pop3Session(connection, listener, server.Services);
            await _session.RunAsync();
        }
    }
}
