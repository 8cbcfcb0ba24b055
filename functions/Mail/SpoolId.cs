// The name of one accepted message: given when its data begins, told in the 250 reply, and carried through every queue, blob and log line.
using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Mail;

/// <summary>
/// A version 7 UUID (RFC 9562 5.7) printed as 32 lower-case hexadecimal digits: the first 12 are the milliseconds since 1970, so ids sort by time,
/// the rest is unguessable.
/// </summary>
public readonly record struct SpoolId : IComparable<SpoolId>
{
    /// <summary>How many characters the printed form has.</summary>
    public const int TextLength = 32;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    // Two numbers and not the text: a session at a mailbox of a million messages, and a list of what waits, hold as many ids as there are.
    private readonly ulong _first;
    private readonly ulong _second;

    private SpoolId(ulong first, ulong second) => (_first, _second) = (first, second);

    /// <summary>The 32 digits, made anew at each call; nothing for an id that was never given.</summary>
    public string Text => _first == 0 ? "" : string.Create(TextLength, this, static (text, id) =>
    {
        id._first.TryFormat(text, out _, "x16", CultureInfo.InvariantCulture);
        id._second.TryFormat(text[16..], out _, "x16", CultureInfo.InvariantCulture);
    });

    /// <summary>When the id was made, UTC, by the clock of the gateway that made it; good for ordering, never for deadlines.</summary>
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds((long)(_first >> 16));

    /// <summary>Makes a new id for the time that <paramref name="clock"/> tells.</summary>
    public static SpoolId New(TimeProvider clock)
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Stamp(random, clock.GetUtcNow());
    }

    /// <summary>
    /// The id of report number <paramref name="number"/> on the message <paramref name="of"/>, recorded at <paramref name="time"/>: the same for the same
    /// three, so that whoever makes the report makes the same one. As hard to guess as the id it is made of.
    /// </summary>
    public static SpoolId Derive(DateTimeOffset time, SpoolId of, int number)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{of.Text}/{number}")), hash);
        return Stamp(hash[..16], time);
    }

    /// <summary>The id of something that is the same wherever it comes from: its time, and a hash of at least 16 octets.</summary>
    public static SpoolId OfContent(DateTimeOffset time, ReadOnlySpan<byte> hash)
    {
        Span<byte> octets = stackalloc byte[16];
        hash[..16].CopyTo(octets);
        return Stamp(octets, time < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : time);
    }

    /// <summary>Reads the printed form.</summary>
    /// <returns>False unless the text is exactly 32 lower-case hexadecimal digits of a version 7 UUID.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out SpoolId id)
    {
        id = default;
        if (text.Length != TextLength || text.ContainsAnyExcept(Digits) || text[12] != '7')
            return false;
        id = new SpoolId(
            ulong.Parse(text[..16], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
            ulong.Parse(text[16..], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
        return true;
    }

    /// <summary>
    /// The prefixes of all ids made between two times, in order. One prefix spans 2^24 ms (4.7 hours), so that a look at the last hour costs one list
    /// call, or two where the hour crosses a border.
    /// </summary>
    public static IEnumerable<string> PrefixesBetween(DateTimeOffset from, DateTimeOffset to)
    {
        var last = to.ToUnixTimeMilliseconds() >> 24;
        for (var prefix = from.ToUnixTimeMilliseconds() >> 24; prefix <= last; prefix++)
            yield return prefix.ToString("x6", CultureInfo.InvariantCulture);
    }

    /// <inheritdoc/>
    public int CompareTo(SpoolId other) =>
        _first.CompareTo(other._first) is var order && order != 0 ? order : _second.CompareTo(other._second); // as their texts compare

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static SpoolId Stamp(Span<byte> octets, DateTimeOffset time)
    {
        var milliseconds = time.ToUnixTimeMilliseconds();
        for (var i = 0; i < 6; i++)
            octets[i] = (byte)(milliseconds >> (40 - 8 * i));
        octets[6] = (byte)(0x70 | octets[6] & 0x0f); // version 7
        octets[8] = (byte)(0x80 | octets[8] & 0x3f); // RFC 9562 variant
        return new SpoolId(BinaryPrimitives.ReadUInt64BigEndian(octets), BinaryPrimitives.ReadUInt64BigEndian(octets[8..]));
    }

#pragma warning disable CS1591 // the comparison operators that CA1036 wants beside CompareTo
    public static bool operator <(SpoolId left, SpoolId right) => left.CompareTo(right) < 0;
    public static bool operator >(SpoolId left, SpoolId right) => left.CompareTo(right) > 0;
    public static bool operator <=(SpoolId left, SpoolId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(SpoolId left, SpoolId right) => left.CompareTo(right) >= 0;
#pragma warning restore CS1591
}
