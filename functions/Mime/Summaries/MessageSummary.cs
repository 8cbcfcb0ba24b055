// What a list of messages shows of one.
using MailFunctions.Mime.Fields;

namespace MailFunctions.Mime.Summaries;

/// <summary>What is told of a message without opening it. All text is decoded, bounded, and without control characters.</summary>
public sealed record MessageSummary
{
    /// <summary>The characters of a preview.</summary>
    public const int PreviewLength = 200;

    /// <summary>The characters of a subject.</summary>
    public const int SubjectLength = 1_000;

    /// <summary>The mailboxes that are told of From, and of To.</summary>
    public const int MostMailboxes = 100;

    /// <summary>Who wrote it; mostly one.</summary>
    public required IReadOnlyList<Address.Mailbox> From { get; init; }

    /// <summary>Whom it is for.</summary>
    public required IReadOnlyList<Address.Mailbox> To { get; init; }

    /// <summary>What it is about, or null.</summary>
    public required string? Subject { get; init; }

    /// <summary>When it says it was written, or null.</summary>
    public required DateTimeOffset? Date { get; init; }

    /// <summary>Its id with angle brackets, or null.</summary>
    public required string? MessageId { get; init; }

    /// <summary>The beginning of the first text, one space for any run of them.</summary>
    public required string Preview { get; init; }

    /// <summary>Everything in it but the text that is shown, also what stands in messages in the message.</summary>
    public required IReadOnlyList<Attachment> Attachments { get; init; }

    /// <summary>Whether a program sent it.</summary>
    public required Automation Automation { get; init; }

    /// <summary>What is wrong with it.</summary>
    public required Defects Defects { get; init; }

    /// <summary>True if other programs may show other attachments than are told here.</summary>
    public bool IsAmbiguous => Defects.IsAmbiguous();
}

/// <summary>A part of a message that is not its text.</summary>
/// <param name="Path">Its place in the tree of parts, counted from 1.</param>
/// <param name="Name">Its name as a file, or null. A name and no path: it may still hold slashes.</param>
/// <param name="MediaType">Its type, as <c>image/png</c>.</param>
/// <param name="Octets">Its length, decoded.</param>
public sealed record Attachment(string Path, string? Name, string MediaType, long Octets);
