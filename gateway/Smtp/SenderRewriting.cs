// Forwarded mail leaves under an address of ours, and what comes back to that address goes to the sender.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Smtp;

/// <summary>
/// The Sender Rewriting Scheme at the edge: decided once, when a message is accepted, so that every later attempt sends under the same address. Without
/// keys nothing is rewritten.
/// </summary>
internal sealed class SenderRewriting(GatewayOptions options, IDirectory directory, TimeProvider time)
{
    private readonly IReadOnlyList<ReadOnlyMemory<byte>> _keys = options.ParseSrsKeys();

    /// <summary>The reverse-path under which forwarded recipients of a message are sent to, or null for the sender's own.</summary>
    /// <exception cref="StoreUnavailableException">Whether the sender's domain is ours is not known.</exception>
    public async ValueTask<EmailAddress?> RewriteAsync(MailTransaction transaction, CancellationToken cancellationToken)
    {
        if (_keys.Count == 0 || transaction.ReversePath is not { } sender
            || transaction.Recipients.FirstOrDefault(recipient => recipient.IsForwarded) is not { } forwarded)
            return null;
        var senderDomain = sender.Domain.IsLiteral ? null : await directory.FindDomainAsync(sender.Domain, cancellationToken);
        return new Srs(forwarded.Original.Domain, _keys).Rewrite(sender, senderDomain, time.GetUtcNow()) is SrsRewriting.Rewritten(var rewritten)
            ? rewritten : null;
    }

    /// <summary>The sender behind a rewritten address of ours, whoever writes to it: only we can have made it.</summary>
    public EmailAddress? Read(EmailAddress recipient) =>
        _keys.Count > 0 && new Srs(recipient.Domain, _keys).Read(recipient, time.GetUtcNow()) is SrsReading.Decoded(var sender) ? sender : null;
}
