// The seam between the client and the network.
using System.Net;

namespace MailFunctions.Smtp.Client;

/// <summary>What came of dialling.</summary>
public abstract record Dialled
{
    private Dialled()
    {
    }

    /// <summary>A connection; whoever dialled owns it.</summary>
    public sealed record Open(Stream Stream) : Dialled;

    /// <summary>This address is not to be spoken to; nothing was sent to it.</summary>
    public sealed record Refused(string Reason) : Dialled;

    /// <summary>Nobody answered.</summary>
    public sealed record Unreachable(string Reason) : Dialled;
}

/// <summary>Makes connections to addresses.</summary>
public interface IConnector
{
    /// <summary>Dials one address.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    Task<Dialled> DialAsync(IPEndPoint address, CancellationToken cancellationToken);
}
