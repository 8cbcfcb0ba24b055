// The proof that a name is ours, and who puts it where the authority looks (RFC 8555 8).
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Acme;

/// <summary>A proof.</summary>
/// <param name="Name">Of what.</param>
/// <param name="Token">The authority's half.</param>
/// <param name="KeyAuthorization">Both halves. No secret: whoever asks is told it.</param>
public sealed record Challenge(string Name, string Token, string KeyAuthorization)
{
    /// <summary>Where its TXT record is (RFC 8555 8.4).</summary>
    public string RecordName => $"_acme-challenge.{Name}";

    /// <summary>What is in that record.</summary>
    public string RecordValue => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(KeyAuthorization)));
}

/// <summary>Shows proofs to the world.</summary>
public interface IChallengeSolver
{
    /// <summary>The type of challenge: <c>http-01</c> or <c>dns-01</c>.</summary>
    string Type { get; }

    /// <summary>How long after the last proof is set until everybody sees all of them.</summary>
    TimeSpan Settling { get; }

    /// <summary>Shows one.</summary>
    /// <exception cref="AcmeException">It could not.</exception>
    Task PublishAsync(Challenge challenge, CancellationToken cancellationToken);

    /// <summary>Takes one away; that there is none is no trouble.</summary>
    /// <exception cref="AcmeException">It could not.</exception>
    Task WithdrawAsync(Challenge challenge, CancellationToken cancellationToken);
}
