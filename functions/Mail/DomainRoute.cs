// Which way mail for another domain takes, where the operator has said so.
namespace MailFunctions.Mail;

/// <summary>The way of one domain's mail.</summary>
/// <param name="Name">The domain; not those below it.</param>
/// <param name="Via">The name of a smarthost in the configuration, or <see cref="Exchangers"/>.</param>
public sealed record DomainRoute(DomainName Name, string Via)
{
    /// <summary>Says that mail goes to the domain's own exchangers, past the smarthost for everything.</summary>
    public const string Exchangers = "mx";

    private const int MaxNameLength = 40;

    /// <summary>Whether a text can be the name of a smarthost, or is <see cref="Exchangers"/>: lower-case letters, digits and hyphens.</summary>
    public static bool IsName(string text) =>
        text.Length is > 0 and <= MaxNameLength && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}
