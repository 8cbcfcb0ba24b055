// The service extensions that an EHLO reply may list.
namespace MailFunctions.Smtp;

/// <summary>EHLO keywords (RFC 5321 2.2), each with the document that defines it.</summary>
public static class Extension
{
    /// <summary>Several commands may be sent before their replies (RFC 2920).</summary>
    public const string Pipelining = "PIPELINING";

    /// <summary>The most octets a message may have, declared (RFC 1870).</summary>
    public const string Size = "SIZE";

    /// <summary>Octets above 127 may stand in messages (RFC 6152).</summary>
    public const string EightBitMime = "8BITMIME";

    /// <summary>Replies carry enhanced status codes (RFC 2034).</summary>
    public const string EnhancedStatusCodes = "ENHANCEDSTATUSCODES";

    /// <summary>The connection can be put under TLS (RFC 3207).</summary>
    public const string StartTls = "STARTTLS";

    /// <summary>The client can log in (RFC 4954).</summary>
    public const string Auth = "AUTH";

    /// <summary>Addresses and headers may be UTF-8 (RFC 6531).</summary>
    public const string SmtpUtf8 = "SMTPUTF8";

    /// <summary>Reports can be asked for (RFC 3461).</summary>
    public const string Dsn = "DSN";

    /// <summary>Messages can be sent in counted pieces (RFC 3030).</summary>
    public const string Chunking = "CHUNKING";

    /// <summary>How many recipients and transactions are taken (RFC 9422).</summary>
    public const string Limits = "LIMITS";
}
