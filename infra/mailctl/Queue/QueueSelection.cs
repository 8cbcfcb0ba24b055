// Which messages of the queue a verb is about.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Queue;

/// <summary>A message that was selected.</summary>
/// <param name="Id">The message.</param>
/// <param name="Reading">Its ledger when it was looked at.</param>
/// <param name="Next">When something is done for it next, as far as that is known.</param>
internal readonly record struct SelectedMessage(SpoolId Id, LedgerReading Reading, DateTimeOffset? Next);

/// <summary>
/// The operands and options by which messages are selected: a message must be among the ids, if any are given, and pass every filter. A verb that
/// changes something wants at least one of them, or the word that it means all.
/// </summary>
internal sealed partial class QueueSelection
{
    private readonly Argument<SpoolId[]> _ids = Ids(ArgumentArity.ZeroOrMore);

    private readonly Option<DomainName?> _domain = new("--domain")
    {
        Description = "Only what waits for this domain.", HelpName = "NAME", CustomParser = ReadDomain,
    };

    private readonly Option<TimeSpan?> _older = new("--older")
    {
        Description = "Only messages that are older than this, like 90m, 4h, 2d or 1d12h.", HelpName = "DURATION", CustomParser = ReadDuration,
    };

    private readonly Option<ReversePath?> _sender = new("--sender")
    {
        Description = "Only messages of this sender; <> is the null sender of reports.", HelpName = "ADDRESS", CustomParser = ReadSender,
    };

    private readonly Option<bool> _all = new("--all") { Description = "All messages." };

    /// <summary>A sender to look for; null for the null reverse-path.</summary>
    private sealed record ReversePath(EmailAddress? Address);

    /// <summary>Adds the filters to a verb that shows messages.</summary>
    public static QueueSelection OfFilters(Verb verb)
    {
        var selection = new QueueSelection();
        selection.AddFilters(verb);
        return selection;
    }

    /// <summary>Adds ids and filters to a verb that changes messages.</summary>
    public static QueueSelection Of(Verb verb)
    {
        var selection = new QueueSelection();
        verb.Add(selection._ids);
        selection.AddFilters(verb);
        verb.Add(selection._all);
        verb.Validators.Add(selection.RequireOne);
        return selection;
    }

    /// <summary>The ids of messages.</summary>
    public static Argument<SpoolId[]> Ids(ArgumentArity arity, string shown = "mailctl queue list") => new("ID")
    {
        Description = $"The message's id, as '{shown}' and the 250 reply tell it.",
        Arity = arity,
        CustomParser = result => [.. result.Tokens.Select(token => ReadId(token.Value, result)).Distinct()],
    };

    /// <summary>The domain that a change is confined to; null for all destinations of a message.</summary>
    public DomainName? DomainOf(ParseResult arguments) => arguments.GetValue(_domain);

    /// <summary>
    /// The messages, each read as it is reached. An id that has no ledger is given as missing; a ledger that cannot be read passes no filter and is
    /// given where there is none.
    /// </summary>
    /// <exception cref="StoreUnavailableException">Storage could not be reached.</exception>
    public async IAsyncEnumerable<SelectedMessage> ListAsync(
        ParseResult arguments, MailStores stores, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (domain, older, sender) = (arguments.GetValue(_domain), arguments.GetValue(_older), arguments.GetValue(_sender));
        var ids = arguments.GetValue(_ids) ?? [];
        var named = ids.Length > 0;
        var entries = named
            ? ids.Select(id => new LedgerEntry(id, Next: null, default)).ToAsyncEnumerable()
            : stores.Ledgers.ListAsync("", cancellationToken);
        await foreach (var (id, next, _) in entries)
        {
            var reading = await stores.Ledgers.ReadAsync(id, cancellationToken);
            var passes = reading switch
            {
                LedgerReading.Found(var ledger, _) =>
                    (domain is null || ledger.Find(domain.Value.Text) is not null)
                    && (older is null || stores.Clock.UtcNow - ledger.StoredAt > older)
                    && (sender is null || sender.Address?.Canonical == ledger.ReversePath?.Canonical),
                LedgerReading.Missing => named,
                _ => domain is null && older is null && sender is null,
            };
            if (passes)
                yield return new SelectedMessage(id, reading, reading is LedgerReading.Found found ? found.Ledger.Next : next);
        }
    }

    private void AddFilters(Verb verb)
    {
        verb.Add(_domain);
        verb.Add(_older);
        verb.Add(_sender);
    }

    private void RequireOne(CommandResult result)
    {
        bool Has(Option option) => result.GetResult(option) is { Implicit: false };
        var some = result.GetResult(_ids) is { Tokens.Count: > 0 } || Has(_domain) || Has(_older) || Has(_sender);
        if (!some && !Has(_all))
            result.AddError("Say which messages: by ID, by --domain, --older or --sender, or by --all.");
        else if (some && Has(_all))
            result.AddError("--all stands alone: ids and filters select less than all.");
    }

    /// <summary>Reads the id of a message, or complains of it.</summary>
    public static SpoolId ReadId(string text, ArgumentResult result)
    {
        if (!SpoolId.TryParse(text, out var id))
            result.AddError($"'{text}' is not the id of a message: give 32 digits, as 'mailctl queue list' shows them.");
        return id;
    }

    private static DomainName? ReadDomain(ArgumentResult result)
    {
        if (DomainName.TryParse(result.Tokens[0].Value, out var domain))
            return domain;
        result.AddError($"'{result.Tokens[0].Value}' is not a domain: give a name like example.org.");
        return null;
    }

    private static ReversePath? ReadSender(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text == "<>")
            return new ReversePath(null);
        if (EmailAddress.TryParse(text, out var address))
            return new ReversePath(address);
        result.AddError($"'{text}' is not an address: give one like alice@example.org, or <>.");
        return null;
    }

    private static TimeSpan? ReadDuration(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (Duration().Match(text) is { Success: true } match && text.Length > 0)
        {
            int Part(string name) => match.Groups[name] is { Success: true } group ? int.Parse(group.ValueSpan, CultureInfo.InvariantCulture) : 0;
            return new TimeSpan(Part("d"), Part("h"), Part("m"), Part("s"));
        }
        result.AddError($"'{text}' is not a duration: give one like 90m, 4h, 2d or 1d12h.");
        return null;
    }

    [GeneratedRegex(@"\A(?:(?<d>[0-9]{1,5})d)?(?:(?<h>[0-9]{1,5})h)?(?:(?<m>[0-9]{1,5})m)?(?:(?<s>[0-9]{1,5})s)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Duration();
}
