// What a message is read for.
namespace MailFunctions.Authentication;

/// <summary>What the digests of a message are to serve; both cost one more hash of the body than one does.</summary>
[Flags]
public enum DigestPurpose
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>To check the signatures it has.</summary>
    Verify = 1,

    /// <summary>To sign or seal it.</summary>
    Sign = 2,
}
