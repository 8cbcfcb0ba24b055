// The seam between what is known of policies and the hosts that publish them.
using MailFunctions.Mail;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.App.Pipeline.Relaying.MtaSts;

/// <summary>What came of fetching a policy.</summary>
internal abstract record StsFetched
{
    private StsFetched()
    {
    }

    /// <summary>The policy.</summary>
    public sealed record Policy(StsPolicy Value) : StsFetched;

    /// <summary>None, and why, in one line that nobody else has written.</summary>
    public sealed record Nothing(string Why) : StsFetched;
}

/// <summary>Fetches policies (RFC 8461 3.3).</summary>
internal interface IStsFetch
{
    /// <summary>Fetches the policy of a domain. Every trouble is <see cref="StsFetched.Nothing"/>.</summary>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    Task<StsFetched> FetchAsync(DomainName domain, CancellationToken cancellationToken);
}
