// How a login ends.
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>What came of a login.</summary>
internal abstract record LoginResult
{
    private LoginResult()
    {
    }

    /// <summary>The password is right.</summary>
    public sealed record Accepted(EmailAddress Account) : LoginResult;

    /// <summary>There is no such account, or the password is wrong; nobody is told which.</summary>
    public sealed record Refused : LoginResult;

    /// <summary>Too many have failed before: nothing is checked before the wait is over, a right password neither.</summary>
    public sealed record Delayed(TimeSpan Wait) : LoginResult;

    /// <summary>It cannot be checked now: too many logins at once, or the directory cannot be reached.</summary>
    public sealed record Unavailable(string Reason) : LoginResult;
}
