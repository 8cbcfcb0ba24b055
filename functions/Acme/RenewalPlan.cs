// When a certificate is to be renewed.
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Acme;

/// <summary>When an authority wants a certificate renewed.</summary>
/// <param name="Start">Not before this.</param>
/// <param name="End">Not after this.</param>
public sealed record RenewalWindow(DateTimeOffset Start, DateTimeOffset End);

/// <summary>Chooses the time. Pure, so that every run and every program chooses the same.</summary>
public static class RenewalPlan
{
    /// <summary>The time from which on to renew.</summary>
    /// <param name="certificate">What is to be renewed.</param>
    /// <param name="window">The authority's wish; null if it has none: then at two thirds of the lifetime.</param>
    public static DateTimeOffset TimeOf(CertificateFacts certificate, RenewalWindow? window)
    {
        if (window is null)
            return certificate.NotBefore + (certificate.Lifetime * 2 / 3);
        // RFC 9773 4.2: an even chance for every moment of the window. Taken from the certificate, it is the same each time that it is asked for.
        var hash = SHA256.HashData(Encoding.ASCII.GetBytes(certificate.RenewalId ?? certificate.Serial));
        var fraction = BinaryPrimitives.ReadUInt32BigEndian(hash) / (double)uint.MaxValue;
        var chosen = window.Start + ((window.End - window.Start) * fraction);
        // No wish may let it run out: a tenth of the lifetime is left for attempts that fail.
        var latest = certificate.NotAfter - (certificate.Lifetime / 10);
        return chosen < latest ? chosen : latest;
    }
}
