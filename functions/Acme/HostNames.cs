// The names that a certificate may be for.
namespace MailFunctions.Acme;

/// <summary>Checks names.</summary>
public static class HostNames
{
    /// <summary>Whether it is a host's name as certificates have it: ASCII, in lower case, at least two labels, no wildcard, no address.</summary>
    public static bool IsValid(string name)
    {
        if (name.Length is 0 or > 253 || !name.Contains('.', StringComparison.Ordinal))
            return false;
        var labels = name.Split('.');
        return Array.TrueForAll(labels, IsLabel) && !labels[^1].All(char.IsAsciiDigit);
    }

    // RFC 1035 2.3.1, and RFC 1123 2.1 for a digit at the beginning
    private static bool IsLabel(string label) =>
        label.Length is > 0 and <= 63 && label[0] != '-' && label[^1] != '-'
        && label.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '-');
}
