// Who tries to log in, and from where.
using System.Net;
using MailFunctions.Gateway.Connections;
using MailFunctions.Mail;

namespace MailFunctions.Gateway.Logins;

/// <summary>One attempt, as limits count it.</summary>
internal sealed record LoginAttempt
{
    /// <summary>Takes what the client says and what is known of it.</summary>
    /// <param name="login">The name as the client gave it: an account's full address, in any ASCII case.</param>
    /// <param name="address">The client's address, or null where it is hidden.</param>
    public LoginAttempt(string login, IPAddress? address)
    {
        Account = EmailAddress.TryParse(login, out var account) ? account.Canonical : null;
        Name = Account?.ToString() ?? login;
        Customer = address is null ? null : ClientNetwork.Customer(address);
        Site = address is null ? null : ClientNetwork.Site(address);
    }

    /// <summary>The account that is meant, whether or not it exists; null if the name can be none.</summary>
    public EmailAddress? Account { get; }

    /// <summary>The name, in one spelling for all that mean the same account.</summary>
    public string Name { get; }

    /// <summary>The client, or null: hidden clients are not one client.</summary>
    public IPAddress? Customer { get; }

    /// <summary>The client's network, or null.</summary>
    public IPAddress? Site { get; }
}
