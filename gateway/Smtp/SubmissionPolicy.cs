// What a user may say about who wrote a message, and what is added where he says nothing.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mime;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// The rules of RFC 6409 for clients that have logged in. An address belongs to whoever gets its mail: the account itself with all its subaddresses, and
/// everybody to whom an alias leads. Every method throws <see cref="StoreUnavailableException"/> where that is not known.
/// </summary>
internal sealed class SubmissionPolicy(RecipientResolver recipients, GatewayOptions options)
{
    // Each may be a question to the directory. Whoever writes for more people than this sends it as one of them.
    private const int MaxAuthors = 20;

    /// <summary>Whether an account may write under an address.</summary>
    public async ValueTask<bool> OwnsAsync(EmailAddress login, EmailAddress address, CancellationToken cancellationToken) =>
        address.Canonical == login
        || (await recipients.ResolveAsync(address, cancellationToken) is Resolution.Found found && found.Recipients.Any(to => to.IsLocal && to.Target == login));

    /// <summary>What speaks against the header of a message from an account, or null.</summary>
    public async ValueTask<Reply?> ObjectionAsync(EmailAddress login, HeaderScan header, CancellationToken cancellationToken)
    {
        if (header.From.Count == 0)
            return Replies.FromMissing;
        if (header.From.Count > 1 || header.Sender.Count > 1)
            return Replies.FromTwice;
        foreach (var field in (ReadOnlyMemory<byte>[])[.. header.From, .. header.Sender])
        {
            if (!MailboxList.TryRead(field.Span, out var authors) || authors.Count > MaxAuthors)
                return Replies.FromUnreadable;
            foreach (var author in authors)
            {
                if (!await OwnsAsync(login, author, cancellationToken))
                    return Replies.AuthorNotOwned;
            }
        }
        return null;
    }

    /// <summary>The fields that a message must have and this one lacks (RFC 6409 8.2, 8.3), each ending in CR LF.</summary>
    public byte[] MissingFields(HeaderScan header, SpoolId id, DateTimeOffset time)
    {
        var fields = new StringBuilder();
        if (!header.HasDate)
            fields.Append(CultureInfo.InvariantCulture, $"Date: {MailDate.Print(time)}\r\n");
        if (!header.HasMessageId)
            fields.Append(CultureInfo.InvariantCulture, $"Message-ID: <{id}@{options.Hostname}>\r\n");
        return Encoding.ASCII.GetBytes(fields.ToString());
    }
}
