// Writes header fields in the form in which they are signed.
using System.Buffers;

namespace MailFunctions.Authentication.Dkim;

/// <summary>Header canonicalization (RFC 6376 3.4.1, 3.4.2).</summary>
internal static class HeaderForm
{
    /// <summary>Writes a field with the line break at its end.</summary>
    public static void Write(Canonicalization form, RawField field, ArrayBufferWriter<byte> output)
    {
        if (form == Canonicalization.Simple)
            output.Write(field.Octets.Span);
        else
            WriteRelaxed(field, output);
    }

    private static void WriteRelaxed(RawField field, ArrayBufferWriter<byte> output)
    {
        var octets = field.Octets.Span;
        var span = output.GetSpan(octets.Length + 2);
        var length = 0;
        foreach (var octet in octets[..Math.Max(0, field.ValueStart - 1)].TrimEnd(" \t"u8))
            span[length++] = octet is >= (byte)'A' and <= (byte)'Z' ? (byte)(octet | 0x20) : octet;
        if (field.ValueStart > 0)
            span[length++] = (byte)':';
        var valueStart = length;
        var hasSpace = false;
        var value = field.Value.Span;
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] is (byte)' ' or (byte)'\t')
            {
                hasSpace = true;
                continue;
            }
            if (value[i] == '\r' && i + 1 < value.Length && value[i + 1] == '\n')
            {
                i++; // unfolded: the space behind the line break stays
                continue;
            }
            if (hasSpace && length > valueStart)
                span[length++] = (byte)' ';
            hasSpace = false;
            span[length++] = value[i];
        }
        span[length++] = (byte)'\r';
        span[length++] = (byte)'\n';
        output.Advance(length);
    }
}
