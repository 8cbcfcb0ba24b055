// mailctl authenticate
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using MailFunctions.Authentication;
using MailFunctions.Dns;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Authenticate;

/// <summary>Tells who really sent messages, one after the other, in the order in which they are named. No storage is needed.</summary>
internal sealed class AuthenticateMessages : Verb
{
    private const string HostnameVariable = "Mail__Hostname";
    private const string UnknownHostname = "localhost";

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20); // as the gateway has it

    private readonly Argument<string[]> _files = new("FILE")
    {
        Description = "Files with a message each; a line end of LF alone is read as CR LF.", Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _ip = new("--ip")
    {
        Description = "The address of the client that brought them; without it spf is none.", HelpName = "ADDRESS",
    };

    private readonly Option<string?> _helo = new("--helo") { Description = "What the client said in HELO or EHLO.", HelpName = "NAME" };
    private readonly Option<string?> _mailFrom = new("--mail-from")
    {
        Description = "The sender of the envelope; without it spf is that of --helo.", HelpName = "ADDRESS",
    };

    private readonly Option<string?> _dns = new("--dns")
    {
        Description = "The name server to ask, like 127.0.0.1:5353; without it those of the system.", HelpName = "HOST:PORT",
    };

    private readonly Option<bool> _batch = new("--batch")
    {
        Description = "Read lines of JSON from standard input, {\"file\", \"ip\", \"helo\", \"mailFrom\"} on each; all but the file may be null or missing.",
    };

    private readonly Workstation _workstation;

    public AuthenticateMessages(Workstation workstation)
        : base(
            "authenticate", "Shows who really sent messages by SPF, DKIM, DMARC and ARC, a line of JSON for each; with 'error' for one that cannot be read.",
            "mailctl authenticate message.eml --ip 192.0.2.1 --helo mail.example.net --mail-from someone@example.net")
    {
        _workstation = workstation;
        Add(_files);
        Add(_ip);
        Add(_helo);
        Add(_mailFrom);
        Add(_dns);
        Add(_batch);
        Validators.Add(RequireMessages);
    }

    /// <inheritdoc/>
    public override Answer AnswerWithoutStorage(ParseResult arguments)
    {
        var hostname = _workstation.Variable(HostnameVariable) is { Length: > 0 } known ? known : UnknownHostname;
        var resolver = new Resolver(new DnsOptions { Server = ServerOf(arguments.GetValue(_dns)) }, new DnsSeams { Clock = _workstation.Clock });
        var judge = new FileJudge(new SenderJudgement(resolver, hostname, Limit, _workstation.Clock));
        var entries = arguments.GetValue(_batch) ? ReadBatchAsync() : Named(arguments).ToAsyncEnumerable();
        return new Answer.Lines(JudgeAsync(entries, judge, hostname));
    }

    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        Task.FromResult(AnswerWithoutStorage(arguments));

    private IEnumerable<(int? Line, BatchEntry? Entry)> Named(ParseResult arguments) => (arguments.GetValue(_files) ?? []).Select(
        file => ((int?)null, (BatchEntry?)new BatchEntry(file, arguments.GetValue(_ip), arguments.GetValue(_helo), arguments.GetValue(_mailFrom))));

    // An entry is null where its line is not one.
    private async IAsyncEnumerable<(int? Line, BatchEntry? Entry)> ReadBatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var reader = new StreamReader(_workstation.Input, Encoding.UTF8, leaveOpen: true);
        for (var number = 1; await reader.ReadLineAsync(cancellationToken) is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return (number, ReadEntry(line));
        }
    }

    private static BatchEntry? ReadEntry(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, AuthenticationJson.Lines.BatchEntry);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static async IAsyncEnumerable<Line> JudgeAsync(
        IAsyncEnumerable<(int? Line, BatchEntry? Entry)> entries, FileJudge judge, string hostname,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var (number, entry) in entries.WithCancellation(cancellationToken))
            yield return await JudgeAsync(number, entry, judge, hostname, cancellationToken);
    }

    private static async Task<Line> JudgeAsync(int? number, BatchEntry? entry, FileJudge judge, string hostname, CancellationToken cancellationToken)
    {
        if (entry?.File is not { Length: > 0 } file)
            return Unjudged(entry?.File, number, "It is not a line like {\"file\": \"message.eml\", \"ip\": null, \"helo\": null, \"mailFrom\": null}.");
        IPAddress? address = null;
        if (entry.Ip is { } ip && !IPAddress.TryParse(ip, out address))
            return Unjudged(file, number, $"'{ip}' is not an address: give one like 192.0.2.1 or 2001:db8::1, or null.");
        try
        {
            // Without a sender that is known, be it the null one, there is nothing to ask about.
            var envelope = new SenderEnvelope(entry.MailFrom is null ? null : address, entry.Helo ?? "", WithoutBrackets(entry.MailFrom ?? ""));
            var findings = await judge.JudgeAsync(file, envelope, cancellationToken);
            return new Line(
                JsonSerializer.Serialize(AuthenticatedMessage.Of(file, findings, hostname), AuthenticationJson.Lines.AuthenticatedMessage), IsRefusal: false);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return Unjudged(file, number, error.Message);
        }
    }

    private static Line Unjudged(string? file, int? number, string why) =>
        new(JsonSerializer.Serialize(new UnjudgedMessage(file, number, why), AuthenticationJson.Lines.UnjudgedMessage), IsRefusal: true);

    private static string WithoutBrackets(string path) => path.Length >= 2 && path[0] == '<' && path[^1] == '>' ? path[1..^1] : path;

    // The resolver wants addresses, and only this name has the same one everywhere (RFC 6761 6.3).
    private static string? ServerOf(string? text) =>
        text?.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) == true ? $"127.0.0.1:{text["localhost:".Length..]}" : text;

    private void RequireMessages(CommandResult result)
    {
        var isBatch = result.GetValue(_batch);
        var hasFiles = result.GetResult(_files) is { Tokens.Count: > 0 };
        var says = new Option[] { _ip, _helo, _mailFrom }.Any(option => result.GetResult(option) is { Implicit: false });
        if (!isBatch && !hasFiles)
            result.AddError("Say which messages: files, or --batch.");
        if (isBatch && (hasFiles || says))
            result.AddError("With --batch everything is said on standard input: leave FILE, --ip, --helo and --mail-from away.");
        if (result.GetValue(_ip) is { } ip && !IPAddress.TryParse(ip, out _))
            result.AddError($"'{ip}' is not an address: give --ip one like 192.0.2.1 or 2001:db8::1.");
        if (ServerOf(result.GetValue(_dns)) is { } server && new DnsOptions { Server = server }.Check() is not null)
            result.AddError($"'{server}' is not a name server: give --dns an address with or without a port, like 127.0.0.1:5353.");
    }
}
