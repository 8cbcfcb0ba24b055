// What can be wrong with a message, or with a part of one.
namespace MailFunctions.Mime;

/// <summary>Departures from the standards that were met and read past. None of them stops the reading.</summary>
[Flags]
public enum Defects
{
    /// <summary>Nothing is wrong.</summary>
    None = 0,

    /// <summary>The header is longer than is kept; fields behind the limit are not seen.</summary>
    HeaderTooLarge = 1 << 0,

    /// <summary>The header has more fields than are kept.</summary>
    TooManyFields = 1 << 1,

    /// <summary>The header was ended by a line that is no field, or by a boundary, and not by an empty line.</summary>
    HeaderNotEnded = 1 << 2,

    /// <summary>A field that says how the content is to be read stands there twice; the first counts.</summary>
    DuplicateField = 1 << 3,

    /// <summary>The content type is not of the form type/subtype with parameters.</summary>
    MalformedContentType = 1 << 4,

    /// <summary>The disposition is not of the form type with parameters.</summary>
    MalformedDisposition = 1 << 5,

    /// <summary>A parameter stands there twice; the first counts.</summary>
    DuplicateParameter = 1 << 6,

    /// <summary>A field has more parameters than are read (128).</summary>
    TooManyParameters = 1 << 7,

    /// <summary>A multipart names no boundary, and is not split.</summary>
    MissingBoundary = 1 << 8,

    /// <summary>A boundary is longer than is compared (8,192 octets), and the multipart is not split.</summary>
    BoundaryTooLong = 1 << 9,

    /// <summary>A multipart has the boundary of one that it stands in; the inner one takes the parts until it is closed.</summary>
    BoundaryClash = 1 << 10,

    /// <summary>A multipart ended without its closing boundary.</summary>
    UnclosedMultipart = 1 << 11,

    /// <summary>A multipart has no part.</summary>
    EmptyMultipart = 1 << 12,

    /// <summary>A multipart says it is encoded, which RFC 2045 6.4 forbids; it is read as if it were not.</summary>
    EncodedMultipart = 1 << 13,

    /// <summary>A message in the message is encoded, and is not split.</summary>
    EncodedMessage = 1 << 14,

    /// <summary>The transfer encoding is unknown; the content is taken as it is.</summary>
    UnknownEncoding = 1 << 15,

    /// <summary>The content breaks the rules of its transfer encoding.</summary>
    MalformedEncoding = 1 << 16,

    /// <summary>The charset is unknown or refused; text is read as UTF-8.</summary>
    UnknownCharset = 1 << 17,

    /// <summary>A multipart or message is nested deeper than is followed (100), and is not split.</summary>
    TooDeep = 1 << 18,

    /// <summary>There are more parts than are told apart (1,000); what comes behind belongs to none.</summary>
    TooManyParts = 1 << 19,

    /// <summary>The first line is a mailbox file's "From " line.</summary>
    MailboxLine = 1 << 20,

    /// <summary>A field is malformed, such as one without a name.</summary>
    MalformedField = 1 << 21,

    /// <summary>An address list is malformed.</summary>
    MalformedAddress = 1 << 22,

    /// <summary>An address list uses forms that must no longer be written (RFC 5322 4.4).</summary>
    ObsoleteAddress = 1 << 23,

    /// <summary>A field has more addresses than are read (10,000).</summary>
    TooManyAddresses = 1 << 24,
}

/// <summary>What defects mean for those who act on a message.</summary>
public static class DefectsReading
{
    /// <summary>Other programs may see other parts than we do: what they show may not be in our list of parts.</summary>
    public const Defects AnotherReadingIsPossible =
        Defects.HeaderTooLarge | Defects.TooManyFields | Defects.HeaderNotEnded | Defects.DuplicateField | Defects.MalformedContentType
        | Defects.DuplicateParameter | Defects.TooManyParameters | Defects.MissingBoundary | Defects.BoundaryTooLong | Defects.BoundaryClash
        | Defects.UnclosedMultipart | Defects.EmptyMultipart | Defects.EncodedMultipart | Defects.EncodedMessage | Defects.UnknownEncoding
        | Defects.MalformedEncoding | Defects.TooDeep | Defects.TooManyParts;

    /// <summary>True if another program may see other parts than we do.</summary>
    public static bool IsAmbiguous(this Defects defects) => (defects & AnotherReadingIsPossible) != 0;
}
