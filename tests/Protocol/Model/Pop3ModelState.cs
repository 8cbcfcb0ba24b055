// What a POP3 session knows, as RFC 1939 and its extensions say it, in the words of the model.
using MailFunctions.Gateway.Pop3;

namespace MailFunctions.Protocol.Model;

/// <summary>The state between two commands: the facts that the rules are about, and what has to be counted besides.</summary>
internal readonly record struct Pop3ModelState(Pop3Facts Facts)
{
    /// <summary>How many messages there are.</summary>
    public const int Messages = 3;

    /// <summary>How many errors end a session.</summary>
    public const int MaxErrors = 20;

    /// <summary>How many refused logins end a session.</summary>
    public const int MaxFailures = 3;

    /// <summary>Whether it was alice that it named.</summary>
    public bool NamedAlice { get; init; }

    /// <summary>One bit per message that is marked.</summary>
    public int Marks { get; init; }

    public int Errors { get; init; }

    public int Failures { get; init; }

    /// <summary>The messages that QUIT has deleted, as bits.</summary>
    public int Deleted { get; init; }

    public bool Ended { get; init; }

    /// <summary>How many messages are not marked.</summary>
    public int Unmarked => Messages - int.PopCount(Marks);

    /// <summary>Whether there is a message of this number that is not marked.</summary>
    public bool Has(int number) => Has(Pop3Facts.LoggedIn) && number is >= 1 and <= Messages && (Marks & (1 << number)) == 0;

    /// <summary>Whether a fact holds.</summary>
    public bool Has(Pop3Facts fact) => Facts.HasFlag(fact);

    /// <summary>Where it is.</summary>
    public Pop3Places Place => Has(Pop3Facts.LoggedIn) ? Pop3Places.Transaction : Pop3Places.Authorization;

    /// <summary>A command of this rule has succeeded.</summary>
    public Pop3ModelState Behind(Pop3Rule rule) => this with { Facts = rule.Behind(Facts) };

    /// <summary>A command of this rule was tried in vain.</summary>
    public Pop3ModelState Tried(Pop3Rule rule) => this with { Facts = Facts & ~rule.ForgetsAnyway };

    /// <summary>RFC 2595 4: nothing is known but the errors.</summary>
    public Pop3ModelState Encrypted => new(Pop3Rules.Stls.Behind(Facts)) { Errors = Errors };
}

/// <summary>A row: in a state for which <paramref name="When"/> is true, the answer begins so, and the command leads there.</summary>
internal sealed record Pop3Row(Func<Pop3ModelState, bool> When, string Answer, Func<Pop3ModelState, Pop3ModelState> Then)
{
    /// <summary>An answer that changes nothing.</summary>
    public Pop3Row(Func<Pop3ModelState, bool> when, string answer)
        : this(when, answer, state => state)
    {
    }

    /// <summary>How many lines follow a positive answer, or null if it has only one.</summary>
    public Func<Pop3ModelState, int>? Lines { get; init; }

    /// <summary>Whether the server closes behind the answer.</summary>
    public bool Closes { get; init; }
}

/// <summary>A command as a client may send it, well or badly formed.</summary>
/// <param name="Name">Its name in rows and messages.</param>
/// <param name="Weight">How often it is chosen.</param>
/// <param name="Sent">Its octets, one a character.</param>
/// <param name="Rows">What it does: the first row whose condition holds.</param>
internal sealed record Pop3Shape(string Name, int Weight, string Sent, params Pop3Row[] Rows)
{
    /// <summary>The name of a row in messages.</summary>
    public string NameOf(Pop3Row row) => $"{Name}, row {Array.IndexOf(Rows, row)}";

    /// <summary>The row that is used in a state, how the answer begins, and the state behind it.</summary>
    public (Pop3Row Row, string Answer, Pop3ModelState State) Expect(Pop3ModelState state)
    {
        var row = Rows.First(row => row.When(state));
        var next = row.Then(state);
        if (row.Closes || next.Failures >= Pop3ModelState.MaxFailures)
            return (row, row.Answer, next with { Ended = true });
        if (row.Answer.StartsWith("-ERR", StringComparison.Ordinal) && (next = next with { Errors = next.Errors + 1 }).Errors >= Pop3ModelState.MaxErrors)
            return (row, "-ERR Too many errors", next with { Ended = true });
        return (row, row.Answer, next);
    }
}
