// Where the certificate and the account are kept.
namespace MailFunctions.Acme.State;

/// <summary>What is kept.</summary>
public enum StoredItem
{
    /// <summary>Key, certificate and chain as PEM, as the gateway reads them.</summary>
    Certificate,

    /// <summary>The account at the authority, by <see cref="AcmeAccount.ToJson"/>.</summary>
    Account,
}

/// <summary>Keeps two secrets. A write is seen whole or not at all.</summary>
public interface ICertificateStore
{
    /// <summary>Where it is, for people.</summary>
    string Place { get; }

    /// <summary>Reads one; null if it is not there.</summary>
    /// <exception cref="AcmeException">It cannot be told whether it is there, or what it is.</exception>
    Task<string?> ReadAsync(StoredItem item, CancellationToken cancellationToken);

    /// <summary>Writes one.</summary>
    /// <exception cref="AcmeException">It is not known to be written.</exception>
    Task WriteAsync(StoredItem item, string text, CancellationToken cancellationToken);
}
