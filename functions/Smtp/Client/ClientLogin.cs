// A name and a password for another server, kept out of every text.
using System.Text;

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

    // SCRAM wants names and passwords prepared by SASLprep (RFC 5802 2.2), which changes nothing in printable ASCII and which we do not have.
    internal bool IsPrintableAscii => Ascii.IsValid(User + Password) && !(User + Password).AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>The name's length, and nothing of the credentials.</summary>
    public override string ToString() => $"login of {User.Length} characters";
}
