// Bends recorded sessions.
using System.Globalization;
using System.Text;

namespace MailFunctions.Fuzz;

/// <summary>Makes an input of recorded ones; the same seed makes the same input.</summary>
internal sealed class Mutator(IReadOnlyList<string> recorded, IReadOnlyList<string> tokens, Random random)
{
    private static readonly string[] LineEnds = ["\r\n", "\n", "\r", "\r\r\n", "\n\r", "\r\n\r\n", ""];
    private static readonly string[] Numbers = ["0", "1", "5", "7", "00", "-1", "2147483648", "4294967297", "9223372036854775807", "9223372036854775808", "99999999999999999999"];

    /// <summary>An input, as the pieces in which the network brings it.</summary>
    public List<byte[]> Make()
    {
        var text = new StringBuilder(recorded[random.Next(recorded.Count)]);
        for (var left = random.Next(1, 7); left > 0; left--)
            Bend(text);
        return Cut(Encoding.Latin1.GetBytes(text.ToString()));
    }

    private void Bend(StringBuilder text)
    {
        if (text.Length == 0)
            text.Append("x\r\n");
        var at = random.Next(text.Length);
        var length = Math.Min(random.Next(1, 40), text.Length - at);
        switch (random.Next(8))
        {
            case 0:
                text[at] = (char)((byte)text[at] ^ (1 << random.Next(8)));
                break;
            case 1:
                text.Remove(at, length);
                break;
            case 2:
                text.Insert(at, text.ToString(at, length));
                break;
            case 3:
                var other = recorded[random.Next(recorded.Count)];
                var from = random.Next(other.Length);
                text.Insert(at, other.AsSpan(from, Math.Min(random.Next(1, 80), other.Length - from)));
                break;
            case 4:
                ReplaceNext(text, at, "\r\n", LineEnds[random.Next(LineEnds.Length)]);
                break;
            case 5:
                Lie(text, at);
                break;
            case 6:
                text.Insert(at, tokens[random.Next(tokens.Count)]);
                break;
            default:
                text.Insert(at, new string(text[at], 1 << random.Next(12)));
                break;
        }
    }

    private static void ReplaceNext(StringBuilder text, int at, string what, string with)
    {
        var found = text.ToString().IndexOf(what, at, StringComparison.Ordinal);
        if (found >= 0)
            text.Remove(found, what.Length).Insert(found, with);
    }

    // Another number in place of the next one.
    private void Lie(StringBuilder text, int at)
    {
        while (at < text.Length && !char.IsAsciiDigit(text[at]))
            at++;
        var end = at;
        while (end < text.Length && char.IsAsciiDigit(text[end]))
            end++;
        if (at == end)
            return;
        var number = text.ToString(at, end - at);
        text.Remove(at, end - at);
        text.Insert(at, random.Next(2) == 0 && int.TryParse(number, CultureInfo.InvariantCulture, out var value)
            ? (value + random.Next(-3, 4)).ToString(CultureInfo.InvariantCulture)
            : Numbers[random.Next(Numbers.Length)]);
    }

    // Mostly line by line, as a client that waits for replies would send it; sometimes anywhere.
    private List<byte[]> Cut(byte[] octets)
    {
        var pieces = new List<byte[]>();
        var from = 0;
        for (var i = 1; i <= octets.Length; i++)
        {
            if (i == octets.Length || (octets[i - 1] == '\n' ? random.Next(10) > 0 : random.Next(60) == 0))
            {
                pieces.Add(octets[from..i]);
                from = i;
            }
        }
        return pieces;
    }
}
