// What a domain has to say to clients that may not send for it.
namespace MailFunctions.Authentication.Spf;

/// <summary>
/// An explanation (RFC 7208 6.2). Its words are those of whoever runs the domain, who may be an attacker: they are printable ASCII and bounded, and
/// wherever they are shown they have to be marked as not ours, which <see cref="ToString"/> does.
/// </summary>
public sealed record SpfExplanation
{
    /// <summary>The most characters of an explanation that are kept: what fits into one line of a reply.</summary>
    public const int MaxLength = 400;

    internal SpfExplanation(string domain, ReadOnlySpan<char> text)
    {
        Domain = Printable(domain);
        Text = Printable(text);
    }

    /// <summary>The domain that says it.</summary>
    public string Domain { get; }

    /// <summary>The domain's words.</summary>
    public string Text { get; }

    /// <summary>The words with their origin, as RFC 7208 6.2 wants them to be shown.</summary>
    public override string ToString() => $"{Domain} explained: {Text}";

    private static string Printable(ReadOnlySpan<char> text)
    {
        Span<char> kept = stackalloc char[Math.Min(text.Length, MaxLength)];
        for (var i = 0; i < kept.Length; i++)
            kept[i] = text[i] is >= ' ' and <= '~' ? text[i] : '?';
        return new string(kept);
    }
}
