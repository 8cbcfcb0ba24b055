// Verifiers of accounts that do not exist, such that nobody can tell.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>
/// What a login at no account is checked against: SCRAM shows salt and iterations to whoever asks (RFC 5802 5.1), so an absent account must have the
/// same of them each time it is asked for, and they must look like everybody's.
/// </summary>
internal sealed class AbsentAccounts(LoginOptions options)
{
    private readonly byte[] _key = options.SaltKey.Length > 0 ? Encoding.UTF8.GetBytes(options.SaltKey) : RandomNumberGenerator.GetBytes(32);

    /// <summary>A verifier that no password matches, always the same for a name.</summary>
    public ScramVerifier VerifierOf(string name) => ScramVerifier.Unmatchable with
    {
        Salt = HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes(name))[..ScramVerifier.SaltLength],
    };
}
