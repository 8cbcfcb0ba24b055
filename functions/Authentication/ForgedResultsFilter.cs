// Takes out of arriving mail what claims to be our own results.
using System.Buffers;

namespace MailFunctions.Authentication;

/// <summary>
/// Removes the Authentication-Results fields that bear our id (RFC 8601 5): only what we put on a message ourselves may be there in our name. The octets
/// come cut anywhere; at most one such field is held back at a time, and of it no more than 4 KiB.
/// </summary>
/// <param name="id">Our id, compared regardless of case.</param>
public sealed class ForgedResultsFilter(string id)
{
    private const int MaxHeld = 4096;

    private static ReadOnlySpan<byte> FieldName => "authentication-results"u8;

    private readonly byte[] _held = new byte[MaxHeld];
    private int _heldLength;
    private Stage _stage = Stage.Name;
    private bool _atLineStart = true;

    // What is done with the octets of the field that passes.
    private enum Stage
    {
        Name, // held: it may be the field
        Value, // held: it is, and it must be seen whose
        Keep,
        Drop,
        Body,
    }

    /// <summary>How many fields were removed.</summary>
    public int Removed { get; private set; }

    /// <summary>True once the header has passed: nothing is removed any more.</summary>
    public bool IsInBody => _stage == Stage.Body;

    /// <summary>Passes the next octets on.</summary>
    public void Pass(ReadOnlySpan<byte> content, IBufferWriter<byte> output)
    {
        for (var i = 0; i < content.Length; i++)
        {
            if (_stage == Stage.Body)
            {
                output.Write(content[i..]);
                return;
            }
            Pass(content[i], output);
        }
    }

    /// <summary>Says that the message has ended, and passes on what was held.</summary>
    public void Complete(IBufferWriter<byte> output) => EndField(output);

    private void Pass(byte octet, IBufferWriter<byte> output)
    {
        if (_atLineStart && octet is not ((byte)' ' or (byte)'\t'))
        {
            EndField(output);
            _stage = Stage.Name;
        }
        _atLineStart = octet == '\n';
        switch (_stage)
        {
            case Stage.Keep:
                output.Write([octet]);
                break;
            case Stage.Drop:
                break;
            default:
                Hold(octet, output);
                break;
        }
    }

    private void Hold(byte octet, IBufferWriter<byte> output)
    {
        if (_heldLength == MaxHeld)
        {
            Judge(output);
            if (_stage == Stage.Keep)
                output.Write([octet]);
            return;
        }
        _held[_heldLength++] = octet;
        if (_stage == Stage.Value)
            return;
        if (octet == '\n' && (_heldLength == 1 || (_heldLength == 2 && _held[0] == '\r')))
            Flush(Stage.Body, output);
        else if (octet == ':' && IsName(_held.AsSpan(0, _heldLength - 1), isWhole: true))
            _stage = Stage.Value;
        else if (!IsName(_held.AsSpan(0, _heldLength), isWhole: false) && (octet != '\r' || _heldLength > 1))
            Flush(Stage.Keep, output);
    }

    private void EndField(IBufferWriter<byte> output)
    {
        if (_stage == Stage.Value)
            Judge(output);
        else if (_stage == Stage.Name)
            Flush(Stage.Keep, output);
    }

    // A field whose id cannot be read is nobody's, and somebody might read ours in it.
    private void Judge(IBufferWriter<byte> output)
    {
        var held = _held.AsSpan(0, _heldLength);
        var value = held[(held.IndexOf((byte)':') + 1)..];
        if (AuthenticationServiceId.TryRead(value, out var said) && !said.TrimEnd('.').Equals(id, StringComparison.OrdinalIgnoreCase))
        {
            Flush(Stage.Keep, output);
            return;
        }
        _heldLength = 0;
        _stage = Stage.Drop;
        Removed++;
    }

    private void Flush(Stage next, IBufferWriter<byte> output)
    {
        output.Write(_held.AsSpan(0, _heldLength));
        _heldLength = 0;
        _stage = next;
    }

    // RFC 5322 4.5 still allows space before the colon; more than a field has room for is not waited for.
    private static bool IsName(ReadOnlySpan<byte> octets, bool isWhole)
    {
        if (octets.Length < FieldName.Length)
            return !isWhole && System.Text.Ascii.EqualsIgnoreCase(octets, FieldName[..octets.Length]);
        return System.Text.Ascii.EqualsIgnoreCase(octets[..FieldName.Length], FieldName) && !octets[FieldName.Length..].ContainsAnyExcept(" \t"u8);
    }
}
