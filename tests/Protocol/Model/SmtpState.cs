// What an SMTP session knows, as RFC 5321 and its extensions say it, in the words of the model.
using MailFunctions.Gateway;

namespace MailFunctions.Protocol.Model;

/// <summary>The state between two commands. Written from the documents, not from the server: the tests compare the two.</summary>
internal readonly record struct SmtpState(Service Service, bool CanEncrypt, bool Tls)
{
    /// <summary>The most octets of a message.</summary>
    public const int MaxMessage = 200;

    /// <summary>How many errors end a session.</summary>
    public const int MaxErrors = 7;

    /// <summary>How many refused logins end a session.</summary>
    public const int MaxFailures = 3;

    public bool Greeted { get; init; }

    public bool Extended { get; init; }

    public bool LoggedIn { get; init; }

    public bool Mail { get; init; }

    public int Recipients { get; init; }

    public bool Chunks { get; init; }

    public int ChunkOctets { get; init; }

    public int Errors { get; init; }

    public int Failures { get; init; }

    public int Stored { get; init; }

    public bool Ended { get; init; }

    /// <summary>Whether MAIL needs a login that has not been.</summary>
    public bool LacksLogin => Service == Service.Submit && !LoggedIn;

    /// <summary>No transaction any more.</summary>
    public SmtpState Dropped => this with { Mail = false, Recipients = 0, Chunks = false, ChunkOctets = 0 };

    /// <summary>A message more is ours.</summary>
    public SmtpState Taken => Dropped with { Stored = Stored + 1 };

    /// <summary>RFC 3207 4.2: under TLS, and nothing known.</summary>
    public SmtpState Encrypted => Dropped with { Tls = true, Greeted = false, Extended = false, LoggedIn = false };
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
