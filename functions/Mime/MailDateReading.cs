// Reads a date of a header field.
using System.Text;

namespace MailFunctions.Mime;

/// <summary>One walk over a date: <c>[day-of-week ","] day month year hour ":" minute [":" second] [zone]</c>, comments anywhere.</summary>
internal sealed class MailDateReading(string text)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    private readonly WalkedText _text = new(text);
    private int _at;

    /// <summary>How often a character was looked at.</summary>
    public long Looks => _text.Looks;

    /// <summary>Reads it.</summary>
    public bool TryRead(out DateTimeOffset date)
    {
        date = default;
        Skip();
        SkipDayOfWeek();
        if (!TryReadDay(out var day, out var month) || !TryReadNumber(4, out var year, out var digits))
            return false;
        year = digits switch // RFC 5322 4.3
        {
            <= 2 => year < 50 ? 2000 + year : 1900 + year,
            3 => 1900 + year,
            _ => year,
        };
        if (!TryReadTime(out var hour, out var minute, out var second))
            return false;
        var offset = ReadZone();
        if (year is < 1 or > 9999 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 60)
            return false;
        var local = new DateTime(year, month, day, hour, minute, Math.Min(second, 59), DateTimeKind.Unspecified); // a leap second
        var ticks = local.Ticks - (offset * TimeSpan.TicksPerMinute);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
            return false;
        date = new DateTimeOffset(local, TimeSpan.FromMinutes(offset));
        return true;
    }

    // Also where the comma was forgotten.
    private void SkipDayOfWeek()
    {
        if (_at < _text.Length && char.IsAsciiLetter(_text[_at]) && MonthOf(PeekWord()) == 0)
            _at += PeekWord().Length;
        Skip();
    }

    // "1 Jul", and "Jul 1" as C's asctime has it.
    private bool TryReadDay(out int day, out int month)
    {
        month = ReadMonth();
        if (!TryReadNumber(2, out day, out _))
            return false;
        if (month == 0)
            month = ReadMonth();
        return month != 0;
    }

    private int ReadMonth()
    {
        Skip();
        var word = PeekWord();
        var month = MonthOf(word);
        if (month != 0)
            _at += word.Length;
        Skip();
        return month;
    }

    private static int MonthOf(ReadOnlySpan<char> word)
    {
        if (word.Length < 3)
            return 0;
        for (var i = 0; i < Months.Length; i++)
        {
            if (Ascii.EqualsIgnoreCase(word[..3], Months[i]))
                return i + 1;
        }
        return 0;
    }

    private bool TryReadTime(out int hour, out int minute, out int second)
    {
        (minute, second) = (0, 0);
        if (!TryReadNumber(2, out hour, out _) || !TrySkip(':') || !TryReadNumber(2, out minute, out _))
            return false;
        return !TrySkip(':') || TryReadNumber(2, out second, out _);
    }

    // Minutes east of Greenwich. RFC 5322 4.3: letters, and names that nobody knows, are -0000.
    private int ReadZone()
    {
        Skip();
        var sign = _at < _text.Length && _text[_at] is '+' or '-' ? _text[_at++] : ' ';
        if (sign != ' ')
        {
            if (!TryReadNumber(4, out var number, out var digits))
                return 0;
            if (digits <= 2 && TrySkip(':') && TryReadNumber(2, out var minutes, out _))
                number = (number * 100) + minutes;
            else if (digits <= 2)
                number *= 100;
            var offset = (number / 100 * 60) + (number % 100);
            return offset > 14 * 60 || number % 100 > 59 ? 0 : sign == '-' ? -offset : offset; // no clock is farther off than 14 hours
        }
        var name = PeekWord();
        return name.Length != 3 ? 0 : AsciiCase.Lower(name) switch
        {
            "edt" => -4 * 60,
            "est" or "cdt" => -5 * 60,
            "cst" or "mdt" => -6 * 60,
            "mst" or "pdt" => -7 * 60,
            "pst" => -8 * 60,
            _ => 0,
        };
    }

    private ReadOnlySpan<char> PeekWord()
    {
        var end = _at;
        while (end < _text.Length && char.IsAsciiLetter(_text[end]))
            end++;
        return _text.Slice(_at, end - _at);
    }

    private bool TryReadNumber(int most, out int number, out int digits)
    {
        Skip();
        number = 0;
        digits = 0;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]) && digits < most)
        {
            number = (number * 10) + (_text[_at++] - '0');
            digits++;
        }
        return digits > 0 && (_at >= _text.Length || !char.IsAsciiDigit(_text[_at]));
    }

    private bool TrySkip(char what)
    {
        Skip();
        if (_at >= _text.Length || _text[_at] != what)
            return false;
        _at++;
        return true;
    }

    // Spaces, comments, and the commas and hyphens that some put between the parts of a date.
    private void Skip()
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            var c = _text[_at];
            if (c == '\\' && depth > 0)
                _at++;
            else if (c == '(')
                depth++;
            else if (c == ')' && depth > 0)
                depth--;
            else if (depth == 0 && !IsBetween(c))
                return;
            _at++;
        }
    }

    // A hyphen is one between digits and letters only: "-0500" begins with another.
    private bool IsBetween(char c) => c is ' ' or '\t' or '\r' or '\n' or ','
        || (c == '-' && _at > 0 && char.IsAsciiLetterOrDigit(_text[_at - 1])
            && _at + 1 < _text.Length && char.IsAsciiLetterOrDigit(_text[_at + 1]) && !IsZoneNext());

    // "12:00:00-0500"
    private bool IsZoneNext() => _text.Slice(0, _at).Contains(':');
}
