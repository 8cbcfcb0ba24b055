// What an SMTP session knows, as RFC 5321 and its extensions say it, in the words of the model.
using MailFunctions.Gateway.Smtp;

namespace MailFunctions.Protocol.Model;

/// <summary>The state between two commands: the facts that the rules are about, and what has to be counted besides.</summary>
internal readonly record struct SmtpState(SmtpFacts Facts)
{
    /// <summary>The most octets of a message.</summary>
    public const int MaxMessage = 200;

    /// <summary>How many errors end a session.</summary>
    public const int MaxErrors = 7;

    /// <summary>How many refused logins end a session.</summary>
    public const int MaxFailures = 3;

    public int Recipients { get; init; }

    public int ChunkOctets { get; init; }

    public int Errors { get; init; }

    public int Failures { get; init; }

    public int Stored { get; init; }

    public bool Ended { get; init; }

    /// <summary>Whether a fact holds.</summary>
    public bool Has(SmtpFacts fact) => Facts.HasFlag(fact);

    /// <summary>A command of this rule has succeeded.</summary>
    public SmtpState Behind(SmtpRule rule) => With(rule.Behind(Facts));

    /// <summary>These facts hold no more.</summary>
    public SmtpState Without(SmtpFacts facts) => With(Facts & ~facts);

    /// <summary>No transaction any more.</summary>
    public SmtpState Dropped => Without(SmtpFacts.Mail);

    /// <summary>A message more is ours.</summary>
    public SmtpState Taken => Dropped with { Stored = Stored + 1 };

    private SmtpState With(SmtpFacts facts) => facts.HasFlag(SmtpFacts.Transaction)
        ? this with { Facts = facts }
        : this with { Facts = facts, Recipients = 0, ChunkOctets = 0 };
}

/// <summary>A row: in a state for which <paramref name="When"/> is true, the command is answered by this code and leads there.</summary>
internal sealed record SmtpRow(Func<SmtpState, bool> When, int Code, Func<SmtpState, SmtpState> Then)
{
    /// <summary>A refusal that changes nothing.</summary>
    public SmtpRow(Func<SmtpState, bool> when, int code)
        : this(when, code, state => state)
    {
    }

    /// <summary>Whether the server closes behind the reply.</summary>
    public bool Closes { get; init; }
}

/// <summary>A command as a client may send it, well or badly formed.</summary>
/// <param name="Name">Its name in rows and messages.</param>
/// <param name="Weight">How often it is chosen.</param>
/// <param name="Sent">Its octets, one a character.</param>
/// <param name="Rows">What it does: the first row whose condition holds.</param>
internal sealed record SmtpShape(string Name, int Weight, string Sent, params SmtpRow[] Rows)
{
    /// <summary>What is sent after each reply of class 3.</summary>
    public string[] Continued { get; init; } = [];

    /// <summary>The name of a row in messages.</summary>
    public string NameOf(SmtpRow row) => $"{Name}, row {Array.IndexOf(Rows, row)}";

    /// <summary>The codes of all replies but those of class 3, the state behind them, and the row that was used.</summary>
    public (int[] Codes, SmtpState State, SmtpRow Row) Expect(SmtpState state)
    {
        var row = Rows.First(row => row.When(state));
        var next = row.Then(state);
        if (row.Closes)
            return ([row.Code], next with { Ended = true }, row);
        if (row.Code == 535)
            next = next with { Failures = next.Failures + 1 };
        if (row.Code >= 500)
            next = next with { Errors = next.Errors + 1 };
        return next.Failures >= SmtpState.MaxFailures || next.Errors >= SmtpState.MaxErrors
            ? ([row.Code, 421], next with { Ended = true }, row)
            : ([row.Code], next, row);
    }
}
