// What stands in From, To and the like.
using MailFunctions.Mail;

namespace MailFunctions.Mime.Fields;

/// <summary>An entry of an address list (RFC 5322 3.4): a mailbox, or a group of them.</summary>
public abstract record Address
{
    private Address()
    {
    }

    /// <summary>A mailbox: an address, and the name of whoever reads it.</summary>
    /// <param name="Name">The display name, decoded, or null.</param>
    /// <param name="LocalPart">The part left of the @, without quotes and backslashes.</param>
    /// <param name="Domain">The part right of the @ as it was spelled, or empty if there is none.</param>
    public sealed record Mailbox(string? Name, string LocalPart, string Domain) : Address
    {
        /// <summary>The address alone, the local part quoted where the grammar demands it.</summary>
        public string AddrSpec => AddressPrinting.AddrSpec(this);

        /// <summary>The address as mail is sent to it, or null if mail cannot be.</summary>
        public EmailAddress? ToEmailAddress() => EmailAddress.TryParse(AddrSpec, out var address) ? address : null;

        /// <inheritdoc/>
        public override string ToString() => AddressPrinting.Print(this);
    }

    /// <summary>A group: a name, and mailboxes, which may be none (<c>undisclosed-recipients:;</c>).</summary>
    /// <param name="Name">The name, decoded.</param>
    /// <param name="Members">The mailboxes.</param>
    public sealed record Group(string Name, IReadOnlyList<Mailbox> Members) : Address
    {
        /// <inheritdoc/>
        public override string ToString() => AddressPrinting.Print(this);
    }
}
