// The base64 of SASL.
using System.Buffers.Text;

namespace MailFunctions.Gateway.Logins;

/// <summary>Base64 as RFC 4954 and RFC 5802 want it: padded, and without a blank anywhere.</summary>
internal static class SaslBase64
{
    /// <summary>The octets, or null if it is no base64.</summary>
    public static byte[]? Decode(ReadOnlySpan<byte> base64)
    {
        if (base64.ContainsAny(" \t\r\n"u8) || !Base64.IsValid(base64, out var length))
            return null;
        var decoded = new byte[length];
        Base64.DecodeFromUtf8(base64, decoded, out _, out _);
        return decoded;
    }
}
