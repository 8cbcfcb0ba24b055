// The directory as a planned change would leave it.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Mailctl;

/// <summary>Answers from the present directory except for what is about to be changed, so that the change can be judged before it is made.</summary>
internal sealed class PlannedDirectory(IDirectory present) : IDirectory
{
    /// <summary>An account that is to be removed.</summary>
    public EmailAddress? WithoutAccount { get; init; }

    /// <summary>An alias that is to be removed.</summary>
    public AliasName? WithoutAlias { get; init; }

    /// <summary>An alias that is to be added.</summary>
    public Alias? WithAlias { get; init; }

    /// <inheritdoc/>
    public ValueTask<LocalDomain?> FindDomainAsync(DomainName name, CancellationToken cancellationToken) =>
        present.FindDomainAsync(name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<DomainRoute?> FindRouteAsync(DomainName name, CancellationToken cancellationToken) =>
        present.FindRouteAsync(name, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        address.Canonical == WithoutAccount ? ValueTask.FromResult<Account?>(null) : present.FindAccountAsync(address, cancellationToken);

    /// <inheritdoc/>
    public ValueTask<Alias?> FindAliasAsync(AliasName name, CancellationToken cancellationToken)
    {
        if (name == WithoutAlias)
            return ValueTask.FromResult<Alias?>(null);
        return name == WithAlias?.Name ? ValueTask.FromResult<Alias?>(WithAlias) : present.FindAliasAsync(name, cancellationToken);
    }
}
