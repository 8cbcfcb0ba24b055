// What a seal is made over.
using System.Buffers;
using MailFunctions.Authentication.Dkim;

namespace MailFunctions.Authentication.Arc;

/// <summary>The octets under an ARC-Seal (RFC 8617 5.1.1): the sets in order, each relaxed, the last with its seal unsigned and without line break.</summary>
internal static class ArcSealCover
{
    /// <summary>Writes them.</summary>
    /// <param name="before">The sets before.</param>
    /// <param name="results">The last set's results.</param>
    /// <param name="messageSignature">The last set's signature.</param>
    /// <param name="unsigned">The last set's seal with nothing in b=.</param>
    public static ReadOnlyMemory<byte> Write(IEnumerable<ArcSet> before, RawField results, RawField messageSignature, RawField unsigned)
    {
        var output = new ArrayBufferWriter<byte>(4096);
        foreach (var set in before)
        {
            HeaderForm.Write(Canonicalization.Relaxed, set.Results, output);
            HeaderForm.Write(Canonicalization.Relaxed, set.MessageSignature.Field, output);
            HeaderForm.Write(Canonicalization.Relaxed, set.Seal.Field, output);
        }
        HeaderForm.Write(Canonicalization.Relaxed, results, output);
        HeaderForm.Write(Canonicalization.Relaxed, messageSignature, output);
        HeaderForm.Write(Canonicalization.Relaxed, unsigned, output);
        return output.WrittenMemory[..^2];
    }
}
