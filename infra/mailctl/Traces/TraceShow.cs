// mailctl trace
using System.CommandLine;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Traces;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Traces;

/// <summary>Shows what happened to a message, to the mail of an address, or to all mail of a time, oldest first.</summary>
internal sealed class TraceShow : Verb
{
    private static readonly TimeSpan Usual = TimeSpan.FromHours(24);

    private readonly TimeProvider _time;
    private readonly Period _period;
    private readonly Argument<string?> _what = new("ID|ADDRESS")
    {
        Description = "A message's id, as in the 250 reply, or an address of a sender or recipient. Without it, all mail of the time.",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public TraceShow(TimeProvider time)
        : base(
            "trace",
            "Shows what happened to a message, hop by hop. Entries are kept for 30 days; the newest come after some seconds. Without --since: a message from its start, "
                + "an address for 24 hours.",
            "mailctl trace alice@example.org --since 4h")
    {
        _time = time;
        Add(_what);
        _period = new Period(this);
    }

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        var marks = new List<byte[]>();
        var otherwise = now - Usual;
        if (arguments.GetValue(_what) is { } what)
        {
            if (SpoolId.TryParse(what, out var id))
                otherwise = id.Time - TimeSpan.FromMinutes(5); // the clocks of two programs differ
            else if (!EmailAddress.TryParse(what, out var address))
                return new Answer.Misused($"'{what}' is neither the id of a message, like 019c0000000070008000000000000000, nor an address.");
            else
                what = address.ToString();
            marks.Add(Encoding.UTF8.GetBytes(what));
        }
        var (from, to) = _period.Of(arguments, now, otherwise);
        if (from > to)
            return new Answer.Misused("--since is later than --until.");
        var found = new List<TraceEntry>();
        await foreach (var entry in stores.Trace.ReadAsync(from, to, marks, cancellationToken))
        {
            if (entry.Kind is not (TraceKind.Metered or TraceKind.Lost))
                found.Add(entry);
        }
        return new Answer.Done(new TraceReport([.. found.OrderBy(entry => entry.Time).Select(TraceView.Of)]));
    }
}
