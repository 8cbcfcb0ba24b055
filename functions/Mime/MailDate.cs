// Dates as mail spells them.
using System.Globalization;

namespace MailFunctions.Mime;

/// <summary>RFC 5322 3.3, always in UTC.</summary>
public static class MailDate
{
    /// <summary>The date of a header field.</summary>
    public static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("ddd, d MMM yyyy HH:mm:ss '+0000'", CultureInfo.InvariantCulture);

    /// <summary>The date in a sentence.</summary>
    public static string Speak(DateTimeOffset time) => time.UtcDateTime.ToString("dddd, d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>Reads the date of a header field, in its own zone, by the grammar of RFC 5322 3.3 and 4.3; the day of the week is not looked at.</summary>
    /// <returns>False where no day and time can be told.</returns>
    public static bool TryParse(string text, out DateTimeOffset date) => new MailDateReading(text).TryRead(out date);
}
