// A report to the sender of a message about what became of it: multipart/report with three parts.
using System.Buffers;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Mime;

/// <summary>
/// A delivery status notification (RFC 3464, RFC 6522, RFC 3461 6): a text for people, fields for programs, and what is returned of the message. It
/// is to be sent with the null reverse-path. Equal inputs give the same octets, so that a report made again after a crash is the same report.
/// </summary>
/// <remarks>
/// All of our own octets are ASCII, but an addressee's whose address is not, in lines of at most 998 that end in CR LF. What is returned of the message is written as it is.
/// </remarks>
public sealed record DeliveryStatusNotification
{
    /// <summary>The spool id of the report itself: its Message-ID and boundary are made of it.</summary>
    public required SpoolId Id { get; init; }

    /// <summary>What it says. Every row has an action that fits.</summary>
    public required ReportKind Kind { get; init; }

    /// <summary>Our own host name: the reporting MTA.</summary>
    public required DomainName Host { get; init; }

    /// <summary>When the report was made.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Who gets it.</summary>
    public required EmailAddress To { get; init; }

    /// <summary>The spool id of the message that it is about.</summary>
    public required SpoolId OriginalId { get; init; }

    /// <summary>Who made that message: a postmaster is told in other words about a report that failed.</summary>
    public MessageOrigin MessageOrigin { get; init; }

    /// <summary>When that message came.</summary>
    public required DateTimeOffset ArrivedAt { get; init; }

    /// <summary>The sender's ENVID, decoded from xtext (RFC 3461 4.4), or null.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The recipients, at least one.</summary>
    public required IReadOnlyList<DeliveryStatusNotificationRecipient> Recipients { get; init; }

    /// <summary>What is returned of the message.</summary>
    public required ReturnedContent Returned { get; init; }

    /// <summary>True if the report is 8-bit mail: its envelope says BODY=8BITMIME.</summary>
    public bool NeedsEightBitMime => Returned.IsEightBit;

    /// <summary>The report from its first octet to its last, piece by piece: never more than a row, or the returned content, at once.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or one with an action of another kind of report.</exception>
    public IEnumerable<ReadOnlyMemory<byte>> Pieces()
    {
        if (Recipients.Count == 0 || Recipients.Any(recipient => KindOf(recipient.Action) != Kind))
            throw new InvalidOperationException($"A report of kind {Kind} has rows, and all of that kind.");
        return PiecesOf(Boundary());
    }

    /// <summary>Writes the report to a buffer.</summary>
    /// <exception cref="InvalidOperationException">There is no row, or one with an action of another kind of report.</exception>
    public void WriteTo(IBufferWriter<byte> output)
    {
        foreach (var piece in Pieces())
            output.Write(piece.Span);
    }

    private IEnumerable<ReadOnlyMemory<byte>> PiecesOf(string boundary)
    {
        yield return Octets(DeliveryStatusNotificationHeader.Print(this, boundary));
        yield return Octets($"--{boundary}\r\nContent-Description: Notification\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
        yield return Octets(DeliveryStatusNotificationText.Opening(this));
        foreach (var recipient in Recipients)
            yield return Octets(DeliveryStatusNotificationText.Of(recipient));
        yield return Octets(DeliveryStatusNotificationText.Closing(this));

        yield return Octets($"\r\n--{boundary}\r\nContent-Description: Delivery report\r\nContent-Type: message/delivery-status\r\n\r\n");
        yield return Octets(DeliveryStatusNotificationFields.OfMessage(this));
        foreach (var recipient in Recipients)
            yield return Octets(DeliveryStatusNotificationFields.Of(recipient));

        yield return Octets($"\r\n--{boundary}\r\n{DeliveryStatusNotificationHeader.PrintReturned(this)}\r\n");
        yield return Returned.Octets;
        yield return Octets($"\r\n--{boundary}--\r\n");
    }

    // RFC 2046 5.1.1: the boundary must not occur in a part. Ours do not contain it, since no line of theirs begins with hyphens; the returned one
    // may be anything, also an earlier report with a boundary made of an id that somebody guessed.
    private string Boundary()
    {
        var content = Returned.Octets.Span;
        for (var number = 0; ; number++)
        {
            var boundary = number == 0 ? $"=_{Id}" : $"=_{Id}_{number}";
            if (content.IndexOf(Octets($"--{boundary}")) < 0)
                return boundary;
        }
    }

    private static ReportKind KindOf(DeliveryAction action) => action switch
    {
        DeliveryAction.Failed => ReportKind.Failed,
        DeliveryAction.Delayed => ReportKind.Delayed,
        DeliveryAction.Delivered or DeliveryAction.Relayed or DeliveryAction.Expanded => ReportKind.Delivered,
        _ => throw new InvalidOperationException($"There is no action {action}."),
    };

    private static byte[] Octets(string text) => Encoding.UTF8.GetBytes(text);
}
