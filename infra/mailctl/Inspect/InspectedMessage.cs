// What inspect prints: a line of JSON for each message.
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using MailFunctions.Mail;
using MailFunctions.Mime;
using MailFunctions.Mime.Fields;

namespace MailFunctions.Mailctl.Inspect;

/// <summary>Where a message was looked for.</summary>
/// <param name="File">The file as it was named, or null.</param>
/// <param name="Id">The message's spool id, or null.</param>
/// <param name="Account">Whose mailbox; null for a file, and for the spool.</param>
internal sealed record MessageSource(string? File, string? Id, string? Account)
{
    /// <summary>A file.</summary>
    public static MessageSource Of(string file) => new(file, null, null);

    /// <summary>A message in the spool, or in the mailbox of an account.</summary>
    public static MessageSource Of(SpoolId id, EmailAddress? account) => new(null, id.Text, account?.ToString());
}

/// <summary>A header field.</summary>
/// <param name="Name">Its name as it is spelled.</param>
/// <param name="Value">Its value on one line, encoded words decoded.</param>
internal sealed record FieldView(string Name, string Value);

/// <summary>A mailbox of From or To.</summary>
/// <param name="Name">The display name, or null.</param>
/// <param name="Address">The address.</param>
internal sealed record MailboxNameView(string? Name, string Address)
{
    public static IReadOnlyList<MailboxNameView> Of(AddressList list) => [.. list.Mailboxes.Select(one => new MailboxNameView(one.Name, one.AddrSpec))];
}

/// <summary>A part of a message.</summary>
/// <param name="Path">Its place in the tree: 1 is the message itself, 1.2 its second part.</param>
/// <param name="Type">Its type in lower case.</param>
/// <param name="Charset">The charset that it names, or null.</param>
/// <param name="Encoding">Its transfer encoding.</param>
/// <param name="Disposition">How it wants to be shown, or null if it does not say.</param>
/// <param name="FileName">Its name as a file, or null.</param>
/// <param name="Octets">The length of its decoded content; null for one that has parts.</param>
/// <param name="Sha256">The hash of its decoded content; null for one that has parts.</param>
/// <param name="Children">Its parts; those of a message in the message are that message alone.</param>
internal sealed record PartView(
    string Path, string Type, string? Charset, string Encoding, string? Disposition, string? FileName, long? Octets, string? Sha256,
    IReadOnlyList<PartView> Children);

/// <summary>A message.</summary>
/// <param name="File">See <see cref="MessageSource"/>.</param>
/// <param name="Id">Likewise.</param>
/// <param name="Account">Likewise.</param>
/// <param name="Octets">Its length.</param>
/// <param name="Headers">The fields of its header, from the top.</param>
/// <param name="From">Who wrote it.</param>
/// <param name="To">Whom it is for.</param>
/// <param name="Parts">The message itself as a part, with its parts below it.</param>
/// <param name="Text">The first text that a mail program would show, or null.</param>
/// <param name="TextIsCut">True if that text is longer than is printed.</param>
/// <param name="Defects">What is wrong with it.</param>
internal sealed record InspectedMessage(
    string? File, string? Id, string? Account, long Octets, IReadOnlyList<FieldView> Headers, IReadOnlyList<MailboxNameView> From,
    IReadOnlyList<MailboxNameView> To, IReadOnlyList<PartView> Parts, string? Text, bool TextIsCut, IReadOnlyList<string> Defects)
{
    /// <summary>The names of defects.</summary>
    public static IReadOnlyList<string> NamesOf(Defects defects) =>
    [
        .. Enum.GetValues<Defects>().Where(one => one != Mime.Defects.None && defects.HasFlag(one))
            .Select(one => JsonNamingPolicy.CamelCase.ConvertName(one.ToString())),
    ];
}

/// <summary>A message that could not be read.</summary>
/// <param name="File">See <see cref="MessageSource"/>.</param>
/// <param name="Id">Likewise.</param>
/// <param name="Account">Likewise.</param>
/// <param name="Error">Why not.</param>
internal sealed record UnreadMessage(string? File, string? Id, string? Account, string Error);

/// <summary>The JSON of these lines, a message on each.</summary>
[JsonSerializable(typeof(InspectedMessage))]
[JsonSerializable(typeof(UnreadMessage))]
internal sealed partial class InspectionJson : JsonSerializerContext
{
    private const int Depth = 4 * Mime.Parts.MimeLimits.Depth; // a list and an object for each part within another

    /// <summary>The context to write with.</summary>
    public static InspectionJson Lines { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = Depth,
    });
}
