// A row of the state model of POP3.
namespace MailFunctions.Gateway.Pop3;

/// <summary>Where a verb is known (RFC 1939 3): elsewhere it is a verb like any that there is not.</summary>
[Flags]
internal enum Pop3Places
{
    /// <summary>Before the login.</summary>
    Authorization = 1,

    /// <summary>Behind it.</summary>
    Transaction = 2,

    /// <summary>Always.</summary>
    Both = Authorization | Transaction,
}

/// <summary>A reason to refuse a command.</summary>
/// <param name="Fact">The fact that is looked at.</param>
/// <param name="Holds">Whether it holds when the command is refused.</param>
/// <param name="Reply">What the client is told.</param>
internal sealed record Pop3Refusal(Pop3Facts Fact, bool Holds, Pop3Reply Reply);

/// <summary>Where a verb is known, what it needs, and the state behind it. What the argument says is not looked at here.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Places">Where it is known.</param>
/// <param name="Gains">The facts that hold once the command has succeeded.</param>
/// <param name="Forgets">Those that hold no more then.</param>
/// <param name="Refusals">Why it is refused: the first that applies.</param>
internal sealed record Pop3Rule(string Verb, Pop3Places Places, Pop3Facts Gains, Pop3Facts Forgets, params Pop3Refusal[] Refusals)
{
    /// <summary>True if it has no argument: with one it is refused before anything else is looked at.</summary>
    public bool IsBare { get; init; }

    /// <summary>The facts that hold no more once it was tried, whatever came of it.</summary>
    public Pop3Facts ForgetsAnyway { get; init; }

    /// <summary>True if the session is over behind it.</summary>
    public bool Closes { get; init; }

    /// <summary>Why the command is refused, or null.</summary>
    public Pop3Reply? Refuse(Pop3Facts facts, bool hasArgument)
    {
        if (IsBare && hasArgument)
            return Pop3Replies.NoArgument;
        foreach (var refusal in Refusals)
        {
            if (((facts & refusal.Fact) != 0) == refusal.Holds)
                return refusal.Reply;
        }
        return null;
    }

    /// <summary>The facts behind the command when it has succeeded.</summary>
    public Pop3Facts Behind(Pop3Facts facts) => (facts & ~Forgets) | Gains;
}
