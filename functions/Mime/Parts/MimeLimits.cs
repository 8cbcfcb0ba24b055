// How far a message is followed before the rest is taken as it is.
namespace MailFunctions.Mime.Parts;

/// <summary>The limits of reading a message. Whoever passes one gets a defect and no more structure, never an error.</summary>
public static class MimeLimits
{
    /// <summary>How deep parts may be nested (Postfix and Dovecot: 100).</summary>
    public const int Depth = 100;

    /// <summary>Parts of a message.</summary>
    public const int Parts = 1_000;

    /// <summary>Octets kept of the header of a part.</summary>
    public const int HeaderOctets = 256 * 1024;

    /// <summary>Octets kept of all headers of a message.</summary>
    public const int HeaderOctetsInAll = 1024 * 1024;

    /// <summary>Fields kept of the header of a part.</summary>
    public const int Fields = 1_000;

    /// <summary>Octets of a boundary that is compared. RFC 2046 5.1.1 allows 70, but longer ones are met.</summary>
    public const int BoundaryOctets = 8_192;

    /// <summary>Parameters of a field, each piece of a continued one counted (RFC 2231 3).</summary>
    public const int Parameters = 128;

    /// <summary>Addresses read of a field.</summary>
    public const int Addresses = 10_000;
}
