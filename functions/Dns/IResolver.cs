// Asks the domain name system.
using MailFunctions.Dns.Records;

namespace MailFunctions.Dns;

/// <summary>Answers questions for records: <c>QueryAsync&lt;MxRecord&gt;(name, cancellationToken)</c>.</summary>
public interface IResolver
{
    /// <summary>
    /// The records of type <typeparamref name="TRecord"/> at a name, aliases followed. The name is asked for as it is: nothing is appended to it,
    /// and no hosts file is read.
    /// </summary>
    /// <returns>What is known. Trouble of servers and networks is <see cref="Answer{TRecord}.Unavailable"/> and never an exception.</returns>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    Task<Answer<TRecord>> QueryAsync<TRecord>(DnsName name, CancellationToken cancellationToken)
        where TRecord : class, IRecord<TRecord>;
}
