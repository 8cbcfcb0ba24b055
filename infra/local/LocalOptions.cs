// What the local run is asked to do.
using MailFunctions.Mail;

namespace MailFunctions.Local;

/// <summary>An account to make.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Password">Its password; null for one to be made up, if the account does not exist yet.</param>
internal sealed record WantedAccount(EmailAddress Address, string? Password);

/// <summary>The command line, read and found sound.</summary>
internal sealed record LocalOptions
{
    /// <summary>Where everything that lasts is kept, as a full path.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Added to every port.</summary>
    public int PortOffset { get; init; }

    /// <summary>The domains, at least one.</summary>
    public required IReadOnlyList<DomainName> Domains { get; init; }

    /// <summary>The accounts.</summary>
    public required IReadOnlyList<WantedAccount> Accounts { get; init; }

    /// <summary>The aliases.</summary>
    public required IReadOnlyList<Alias> Aliases { get; init; }

    /// <summary>Whether mail may leave for other domains.</summary>
    public bool Relay { get; init; }

    /// <summary>The storage account to use instead of an Azurite of our own; null for that.</summary>
    public string? Storage { get; init; }

    /// <summary>How long the embedded host hides a message that it works on.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The worker failure that stops the embedded host.</summary>
    public int HostErrors { get; init; } = 3;

    /// <summary>The longest pause before a program that died is started again.</summary>
    public TimeSpan RestartPause { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether Azure Functions Core Tools are to be used instead of the embedded host.</summary>
    public bool UseFunc { get; init; }

    /// <summary>The folder whose <c>functions</c> and <c>gateway</c> hold the published programs; null for those that were built with this one.</summary>
    public string? Published { get; init; }
}
