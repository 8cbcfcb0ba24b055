// What came of rewriting a sender.
namespace MailFunctions.Mail;

/// <summary>The reverse-path under which a message is forwarded.</summary>
public abstract record SrsRewriting
{
    private SrsRewriting()
    {
    }

    /// <summary>An address of ours that leads back to the sender.</summary>
    public sealed record Rewritten(EmailAddress Address) : SrsRewriting;

    /// <summary>The sender as he is: the null reverse-path, or an address of ours.</summary>
    public sealed record Unchanged : SrsRewriting;

    /// <summary>The sender does not fit into a local part of 64 octets together with what SRS adds (16 octets and his domain).</summary>
    public sealed record TooLong : SrsRewriting;
}
