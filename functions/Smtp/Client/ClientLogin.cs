// A name and a password for another server, kept out of every text.
using MailFunctions.Mail;

namespace MailFunctions.Smtp.Client;

/// <summary>The credentials for a smarthost. They never show in <see cref="ToString"/>.</summary>
public sealed class ClientLogin
{
    /// <summary>Takes the credentials.</summary>
    /// <exception cref="ArgumentException">One of them is empty or has a NUL, which no mechanism can carry.</exception>
    public ClientLogin(string user, string password)
    {
        if (user.Length == 0 || user.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A login name has at least one character and no NUL.", nameof(user));
        if (password.Length == 0 || password.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException("A password has at least one character and no NUL.", nameof(password));
        User = user;
        Password = password;
    }

    internal string User { get; }

    internal string Password { get; }

    /// <summary>The same with name and password prepared, as SCRAM wants them (RFC 5802 2.2); null where they cannot be.</summary>
    internal ClientLogin? Prepared =>
        SaslPrep.TryPrepare(User, isStored: false, out var user) && SaslPrep.TryPrepare(Password, isStored: false, out var password)
        && user.Length > 0 && password.Length > 0
            ? new ClientLogin(user, password)
            : null;

    /// <summary>The name's length, and nothing of the credentials.</summary>
    public override string ToString() => $"login of {User.Length} characters";
}
