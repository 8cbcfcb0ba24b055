// What the other server can do, as its EHLO reply says.
using System.Globalization;

namespace MailFunctions.Smtp.Client;

/// <summary>The service extensions offered (RFC 5321 4.1.1.1). A server that knows only HELO offers none.</summary>
public sealed record PeerExtensions
{
    private const int MaxMechanisms = 50;

    /// <summary>No extension at all.</summary>
    public static PeerExtensions None { get; } = new();

    /// <summary>Commands may be sent in groups (RFC 2920).</summary>
    public bool Pipelining { get; private init; }

    /// <summary>A message's size may be declared (RFC 1870).</summary>
    public bool Size { get; private init; }

    /// <summary>The most octets a message may have, or null if no limit is told.</summary>
    public long? SizeLimit { get; private init; }

    /// <summary>Content may have octets above 127 (RFC 6152).</summary>
    public bool EightBitMime { get; private init; }

    /// <summary>Headers may be UTF-8 (RFC 6531).</summary>
    public bool SmtpUtf8 { get; private init; }

    /// <summary>Reports can be asked for (RFC 3461).</summary>
    public bool Dsn { get; private init; }

    /// <summary>Content can be sent in counted pieces (RFC 3030).</summary>
    public bool Chunking { get; private init; }

    /// <summary>The session can be put under TLS (RFC 3207).</summary>
    public bool StartTls { get; private init; }

    /// <summary>Replies carry enhanced status codes (RFC 2034).</summary>
    public bool EnhancedStatusCodes { get; private init; }

    /// <summary>The mechanisms of AUTH, in capitals (RFC 4954).</summary>
    public IReadOnlyList<string> Mechanisms { get; private init; } = [];

    /// <summary>The most recipients a transaction may have, or null if no limit is told (RFC 9422 RCPTMAX).</summary>
    public int? MaxRecipients { get; private init; }

    /// <summary>The most transactions a session may have, or null if no limit is told (RFC 9422 MAILMAX).</summary>
    public int? MaxTransactions { get; private init; }

    /// <summary>Reads the lines of a reply to EHLO. What is not understood is passed over.</summary>
    /// <param name="lines">The text of all its lines; the first is the server's name.</param>
    public static PeerExtensions Parse(IReadOnlyList<string> lines)
    {
        var found = None;
        foreach (var line in lines.Skip(1))
        {
            var text = line.AsSpan().Trim(' ');
            // "AUTH=PLAIN" is how the first drafts wrote it, and some servers still do.
            var end = text.IndexOfAny(' ', '=');
            var keyword = end < 0 ? text : text[..end];
            found = found.With(keyword.ToString().ToUpperInvariant(), end < 0 ? default : text[(end + 1)..]);
        }
        return found;
    }

    private PeerExtensions With(string keyword, ReadOnlySpan<char> arguments) => keyword switch
    {
        Extension.Pipelining => this with { Pipelining = true },
        Extension.Size => this with { Size = true, SizeLimit = ReadSize(arguments) },
        Extension.EightBitMime => this with { EightBitMime = true },
        Extension.SmtpUtf8 => this with { SmtpUtf8 = true },
        Extension.Dsn => this with { Dsn = true },
        Extension.Chunking => this with { Chunking = true },
        Extension.StartTls => this with { StartTls = true },
        Extension.EnhancedStatusCodes => this with { EnhancedStatusCodes = true },
        Extension.Auth => WithMechanisms(arguments),
        Extension.Limits => WithLimits(arguments),
        _ => this,
    };

    // RFC 1870 4: zero means that there is no fixed limit, and so does nothing.
    private static long? ReadSize(ReadOnlySpan<char> text) =>
        long.TryParse(text.Trim(' '), NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : null;

    private PeerExtensions WithMechanisms(ReadOnlySpan<char> arguments)
    {
        var mechanisms = new List<string>(Mechanisms);
        foreach (var range in arguments.Split(' '))
        {
            var name = arguments[range].ToString().ToUpperInvariant();
            if (name.Length > 0 && mechanisms.Count < MaxMechanisms && !mechanisms.Contains(name))
                mechanisms.Add(name);
        }
        return this with { Mechanisms = mechanisms };
    }

    private PeerExtensions WithLimits(ReadOnlySpan<char> arguments)
    {
        var found = this;
        foreach (var range in arguments.Split(' '))
        {
            var item = arguments[range];
            var equals = item.IndexOf('=');
            if (equals < 0 || !int.TryParse(item[(equals + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number == 0)
                continue;
            if (item[..equals].Equals("RCPTMAX", StringComparison.OrdinalIgnoreCase))
                found = found with { MaxRecipients = number };
            else if (item[..equals].Equals("MAILMAX", StringComparison.OrdinalIgnoreCase))
                found = found with { MaxTransactions = number };
        }
        return found;
    }
}
