// Takes octets in canonical form.
namespace MailFunctions.Authentication.Dkim;

/// <summary>Where a body in canonical form goes, in pieces.</summary>
internal interface IOctetSink
{
    /// <summary>Takes the next octets.</summary>
    void Append(ReadOnlySpan<byte> octets);
}
