// Whether storage answers, for those who watch from outside.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Gateway.Health;

/// <summary>
/// Asks storage one small question at most every <see cref="Pause"/>, however often it is asked itself, and forgives silence for <see cref="Memory"/>
/// after the last answer.
/// </summary>
internal sealed class StorageAnswers(ISpool spool, TimeProvider time) : IDisposable
{
    /// <summary>The time between two questions.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer counts.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _one = new(1, 1);
    private long? _askedAt;
    private long? _answeredAt;

    /// <summary>Whether storage has answered within the last minute.</summary>
    public async Task<bool> HaveComeAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (_askedAt is not { } asked || time.GetElapsedTime(asked) >= Pause)
                await AskAsync(cancellationToken);
            return _answeredAt is { } answered && time.GetElapsedTime(answered) < Memory;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _one.Dispose();

    // For a message that nobody has: what the gateway may do anyway, and no more octets than a header.
    private async Task AskAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await spool.ExistsAsync(SpoolId.New(time), both.Token);
            _answeredAt = time.GetTimestamp();
        }
        catch (Exception error) when (error is StoreUnavailableException || (error is OperationCanceledException && limit.IsCancellationRequested))
        {
            // that is the answer
        }
        _askedAt = time.GetTimestamp();
    }
}
