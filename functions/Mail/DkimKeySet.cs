// The private keys with which a domain of ours signs.
namespace MailFunctions.Mail;

/// <summary>How far a key has come.</summary>
public enum DkimKeyState
{
    /// <summary>It is to be published before it signs.</summary>
    Waiting,

    /// <summary>It signs.</summary>
    Signing,

    /// <summary>It signs no more; its record stays published for mail that is under way.</summary>
    Retired,
}

/// <summary>A private key. What it prints as says nothing of the key.</summary>
/// <param name="Selector">Below which name its public half is published.</param>
/// <param name="Pem">The key as PEM, PKCS #8: a secret.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record DkimPrivateKey(string Selector, string Pem, DkimKeyState State, DateTimeOffset Since)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Selector} ({State})";
}

/// <summary>All keys of a domain.</summary>
/// <param name="Domain">The domain.</param>
/// <param name="Keys">Its keys, the oldest first.</param>
public sealed record DkimKeySet(DomainName Domain, IReadOnlyList<DkimPrivateKey> Keys)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Domain}: {string.Join(", ", Keys)}";
}
