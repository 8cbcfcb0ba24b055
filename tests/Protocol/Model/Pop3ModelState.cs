// What a POP3 session knows, as RFC 1939 and its extensions say it, in the words of the model.
namespace MailFunctions.Protocol.Model;

/// <summary>The state between two commands. Written from the documents, not from the server: the tests compare the two.</summary>
/// <param name="MayLogIn">Whether passwords are taken over this connection.</param>
/// <param name="CanEncrypt">Whether there is a certificate.</param>
/// <param name="Tls">Whether it is under TLS.</param>
internal readonly record struct Pop3ModelState(bool MayLogIn, bool CanEncrypt, bool Tls)
{
    /// <summary>How many messages there are.</summary>
    public const int Messages = 3;

    /// <summary>How many errors end a session.</summary>
    public const int MaxErrors = 20;

    /// <summary>How many refused logins end a session.</summary>
    public const int MaxFailures = 3;

    /// <summary>Whether USER has named somebody.</summary>
    public bool Named { get; init; }

    /// <summary>Whether it was alice that it named.</summary>
    public bool NamedAlice { get; init; }

    public bool Utf8 { get; init; }

    /// <summary>Whether it is the TRANSACTION state.</summary>
    public bool LoggedIn { get; init; }

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
    public bool Has(int number) => LoggedIn && number is >= 1 and <= Messages && (Marks & (1 << number)) == 0;

    /// <summary>RFC 2595 4: under TLS, and nothing known.</summary>
    public Pop3ModelState Encrypted => new(MayLogIn: true, CanEncrypt, Tls: true) { Errors = Errors };
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
