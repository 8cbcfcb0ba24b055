// The state of a session: which verbs there are, and what they can touch.
namespace MailFunctions.Gateway.Pop3;

/// <summary>A state (RFC 1939 3). A state that cannot reach a command does not contain it.</summary>
internal abstract class Pop3State : IAsyncDisposable
{
    /// <summary>The state, as the rules see it.</summary>
    public abstract Pop3Facts Facts { get; }

    /// <summary>Runs a command line.</summary>
    public abstract ValueTask<Pop3Step> RunAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken);

    /// <summary>Gives up what the state holds. Nothing is deleted.</summary>
    public abstract ValueTask DisposeAsync();
}
