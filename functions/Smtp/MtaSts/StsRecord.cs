// The TXT record by which a domain says that it has an MTA-STS policy.
namespace MailFunctions.Smtp.MtaSts;

/// <summary>The record at <c>_mta-sts.DOMAIN</c> (RFC 8461 3.1).</summary>
/// <param name="Id">Names the state of the policy: another id means that the policy has changed.</param>
public readonly record struct StsRecord(string Id)
{
    /// <summary>What stands before a domain to make the record's name.</summary>
    public const string Prefix = "_mta-sts.";

    private const string Version = "v=STSv1";
    private const int MaxIdLength = 32;
    private const int MaxNameLength = 32;

    /// <summary>The domain's record among the texts at the name.</summary>
    /// <returns>Null if none of them is one, or several are: then the domain has no policy (RFC 8461 3.1).</returns>
    public static StsRecord? Find(IEnumerable<string> texts)
    {
        StsRecord? found = null;
        var count = 0;
        foreach (var text in texts)
        {
            if (!IsOne(text))
                continue;
            if (++count > 1)
                return null;
            found = TryParse(text, out var record) ? record : null;
        }
        return found;
    }

    /// <summary>Reads a record. Unknown fields are passed over; of a field that comes twice the first counts (RFC 8461 3.1).</summary>
    /// <returns>False for another version, a field that breaks the grammar, and a record without id.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out StsRecord record)
    {
        record = default;
        if (!IsOne(text))
            return false;
        text = text[(text.IndexOf(';') + 1)..];
        string? id = null;
        while (!text.IsEmpty)
        {
            var end = text.IndexOf(';');
            var field = Trim(end < 0 ? text : text[..end]);
            text = end < 0 ? default : text[(end + 1)..];
            if (field.IsEmpty && end < 0)
                break; // one delimiter may close the record
            var equals = field.IndexOf('=');
            if (equals < 1)
                return false;
            var name = field[..equals];
            var value = field[(equals + 1)..];
            if (name is "id")
            {
                if (value.Length is 0 or > MaxIdLength || !IsAlphanumeric(value))
                    return false;
                id ??= value.ToString();
            }
            else if (!IsExtension(name, value))
            {
                return false;
            }
        }
        record = new StsRecord(id ?? "");
        return id is not null;
    }

    /// <summary>The record as it is published.</summary>
    public override string ToString() => $"{Version}; id={Id};";

    // RFC 8461 3.1: whatever does not begin so is somebody else's text. Blanks may stand around the delimiter, and nowhere else.
    private static bool IsOne(ReadOnlySpan<char> text) =>
        text.StartsWith(Version) && text[Version.Length..].TrimStart(" \t") is var rest && !rest.IsEmpty && rest[0] == ';';

    private static bool IsExtension(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        if (name.Length > MaxNameLength || !char.IsAsciiLetterOrDigit(name[0]) || value.IsEmpty)
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))
                return false;
        }
        return value.IndexOfAnyExceptInRange('!', '~') < 0 && !value.Contains('=');
    }

    private static bool IsAlphanumeric(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
                return false;
        }
        return true;
    }

    private static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t");
}
