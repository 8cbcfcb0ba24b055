// What is known of the records of one type at a name.
namespace MailFunctions.Dns;

/// <summary>
/// The answer to a question. Only <see cref="NoData"/> and <see cref="NoSuchName"/> say that there is nothing; <see cref="Unavailable"/> says that
/// it is not known, and mail must then wait.
/// </summary>
public abstract record Answer<TRecord>
{
    private Answer()
    {
    }

    /// <summary>There are records.</summary>
    /// <param name="Records">At least one and at most <see cref="Resolver.MaxRecords"/>, in the server's order.</param>
    /// <param name="Name">The name they stand at, which is another than was asked for if that one is an alias.</param>
    /// <param name="Ttl">How long this holds, at most a day; zero if only for now.</param>
    /// <param name="IsAuthenticated">
    /// The server says that it validated all of it with DNSSEC (the AD bit, RFC 6840 5.7). Worth as much as the way to the server: believe it only
    /// of a validating server on this host or in a network of one's own.
    /// </param>
    public sealed record Found(IReadOnlyList<TRecord> Records, DnsName Name, TimeSpan Ttl, bool IsAuthenticated) : Answer<TRecord>;

    /// <summary>The name exists and has no record of the type (RFC 2308 2.2).</summary>
    /// <param name="IsAuthenticated">As for <see cref="Found"/>.</param>
    public sealed record NoData(bool IsAuthenticated) : Answer<TRecord>;

    /// <summary>The name does not exist, nor does any below it (NXDOMAIN, RFC 2308 2.1, RFC 8020).</summary>
    /// <param name="IsAuthenticated">As for <see cref="Found"/>.</param>
    public sealed record NoSuchName(bool IsAuthenticated) : Answer<TRecord>;

    /// <summary>Nothing is known for now.</summary>
    /// <param name="Reason">Why; where servers failed in different ways, what one of them said rather than another's silence.</param>
    public sealed record Unavailable(Trouble Reason) : Answer<TRecord>;
}
