// A row of the state model of SMTP.
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>A reason to refuse a command.</summary>
/// <param name="Of">The facts that are looked at.</param>
/// <param name="Are">Those of them that hold when the command is refused; the others do not.</param>
/// <param name="Reply">What the client is told.</param>
internal sealed record SmtpRefusal(SmtpFacts Of, SmtpFacts Are, Reply Reply);

/// <summary>
/// What a command needs, and the state behind it. Its arguments are not looked at here: a command that no rule refuses may still be refused for what it says,
/// and then changes nothing.
/// </summary>
/// <param name="Verb">The verb.</param>
/// <param name="Gains">The facts that hold once the command has succeeded.</param>
/// <param name="Forgets">Those that hold no more.</param>
/// <param name="Refusals">Why it is refused: the first that applies.</param>
internal sealed record SmtpRule(string Verb, SmtpFacts Gains, SmtpFacts Forgets, params SmtpRefusal[] Refusals)
{
    /// <summary>The facts that hold no more once it was refused.</summary>
    public SmtpFacts ForgetsRefused { get; init; }

    /// <summary>True if content follows whether or not the command is refused, so that its verb has to read that before it can say so.</summary>
    public bool HasContent { get; init; }

    /// <summary>True if it brings no mail nearer: whoever says only such commands is not heard for long.</summary>
    public bool IsChat { get; init; }

    /// <summary>True if the session is over behind it.</summary>
    public bool Closes { get; init; }

    /// <summary>Why the command is refused, or null.</summary>
    public Reply? Refuse(SmtpFacts facts)
    {
        foreach (var refusal in Refusals)
        {
            if ((facts & refusal.Of) == refusal.Are)
                return refusal.Reply;
        }
        return null;
    }

    /// <summary>The facts behind the command when it has succeeded.</summary>
    public SmtpFacts Behind(SmtpFacts facts) => (facts & ~Forgets) | Gains;
}
