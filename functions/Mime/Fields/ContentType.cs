// What kind of content a part has.
using System.Buffers;

namespace MailFunctions.Mime.Fields;

/// <summary>The field <c>Content-Type</c> (RFC 2045 5).</summary>
/// <param name="Type">The type in lower case, such as <c>text</c>.</param>
/// <param name="Subtype">The subtype in lower case, such as <c>plain</c>.</param>
/// <param name="Parameters">The parameters.</param>
public sealed record ContentType(string Type, string Subtype, ParameterList Parameters)
{
    private static readonly SearchValues<char> Specials = SearchValues.Create("()<>@,;:\\\"[]?="); // RFC 2045 5.1

    /// <summary>What a part is that says nothing (RFC 2045 5.2).</summary>
    public static ContentType Plain { get; } = new("text", "plain", ParameterList.Empty);

    /// <summary>What a part of a digest is that says nothing (RFC 2046 5.1.5).</summary>
    public static ContentType Message { get; } = new("message", "rfc822", ParameterList.Empty);

    /// <summary>Type and subtype, as <c>text/plain</c>.</summary>
    public string MediaType => $"{Type}/{Subtype}";

    /// <summary>True if the content is made of parts.</summary>
    public bool IsMultipart => Type == "multipart";

    /// <summary>True if the content is a message (RFC 2046 5.2.1, RFC 6532 3.7).</summary>
    public bool IsMessage => Type == "message" && Subtype is "rfc822" or "global" or "news";

    /// <summary>True if the content is text.</summary>
    public bool IsText => Type == "text";

    /// <summary>Reads an unfolded value. One that is no type at all is plain text, as RFC 2045 5.2 advises.</summary>
    public static ContentType Read(string value, ref Defects defects)
    {
        var scanner = new FieldScanner(value);
        var media = scanner.ReadType();
        var parameters = ParameterList.Read(scanner, ref defects);
        if (scanner.IsMalformed)
            defects |= Defects.MalformedContentType;
        var slash = media.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && slash + 1 < media.Length && media.IndexOf('/', slash + 1) < 0 && IsPlain(media))
            return new ContentType(AsciiCase.Lower(media.AsSpan(0, slash)), AsciiCase.Lower(media.AsSpan(slash + 1)), parameters);
        defects |= Defects.MalformedContentType;
        return new ContentType("text", "plain", parameters);
    }

    private static bool IsPlain(string media) => !media.AsSpan().ContainsAnyExceptInRange('!', '~') && !media.AsSpan().ContainsAny(Specials);
}
