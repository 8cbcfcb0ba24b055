// The one retry around every call to storage.
using System.Net.Sockets;
using Azure;
using MailFunctions.Mail.Stores;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Storage;

/// <summary>
/// Repeats a storage operation while its trouble is of the passing kind: no answer, no connection, 408, 429, 500, 502, 503, 504. A try has a time
/// limit and all tries together have one. Whatever else goes wrong, refused authentication included, ends as <see cref="StoreUnavailableException"/>
/// at once: nothing that storage says may turn into a permanent refusal of mail.
/// </summary>
internal sealed class StoreRetry(TimeProvider clock, Func<double> jitter, ILogger logger)
{
    /// <summary>How often an operation is tried.</summary>
    public const int MaxTries = 5;

    /// <summary>How long one try may take.</summary>
    public static readonly TimeSpan TryLimit = TimeSpan.FromSeconds(8);

    /// <summary>How long all tries and the waits between them may take.</summary>
    public static readonly TimeSpan OverallLimit = TimeSpan.FromSeconds(15);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);
    private const int WaitGrowth = 3;

    /// <summary>The log of tries.</summary>
    public ILogger Logger => logger;

    /// <summary>The time of limits and waits.</summary>
    public TimeProvider Clock => clock;

    /// <summary>Runs an operation, named in words for the log.</summary>
    /// <exception cref="StoreUnavailableException">Every try failed, or one failed in a way that a repetition cannot mend.</exception>
    public async Task<T> RunAsync<T>(string operation, Func<StoreTry, Task<T>> attempt, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        var wait = FirstWait;
        for (var number = 1; ; number++)
        {
            Exception trouble;
            try
            {
                return await TryOnceAsync(attempt, number, OverallLimit - clock.GetElapsedTime(started), cancellationToken);
            }
            catch (Exception error) when (error is not StoreUnavailableException && !cancellationToken.IsCancellationRequested)
            {
                trouble = error;
            }

            if (!IsPassing(trouble) || number == MaxTries)
                throw GiveUp(trouble, operation, number);
            var spread = wait * (0.5 + jitter() / 2);
            if (clock.GetElapsedTime(started) + spread >= OverallLimit)
                throw GiveUp(trouble, operation, number);
            logger.TryFailed(number, operation, Describe(trouble), spread);
            await Task.Delay(spread, clock, cancellationToken);
            wait *= WaitGrowth;
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    public Task RunAsync(string operation, Func<StoreTry, Task> attempt, CancellationToken cancellationToken) =>
        RunAsync(operation, async current =>
        {
            await attempt(current);
            return true;
        }, cancellationToken);

    /// <summary>What may be told about an error: kind and code, never an address, a header or a body.</summary>
    public static string Describe(Exception error) => error switch
    {
        RequestFailedException { Status: not 0 } refused => $"{refused.Status} {refused.ErrorCode}",
        OperationCanceledException => "no answer in time",
        _ => error.GetBaseException().GetType().Name,
    };

    private StoreUnavailableException GiveUp(Exception trouble, string operation, int number)
    {
        logger.GaveUp(trouble, operation, number, Describe(trouble));
        return new StoreUnavailableException($"Storage did not {operation} in {number} tries; the last said: {Describe(trouble)}.", trouble);
    }

    private async Task<T> TryOnceAsync<T>(Func<StoreTry, Task<T>> attempt, int number, TimeSpan left, CancellationToken cancellationToken)
    {
        var time = left < TryLimit ? left : TryLimit;
        using var limit = new CancellationTokenSource(time > TimeSpan.Zero ? time : TimeSpan.Zero, clock); // -1 ms would mean: no limit
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        return await attempt(new StoreTry(number, either.Token));
    }

    private static bool IsPassing(Exception error) => error switch
    {
        RequestFailedException refused => refused.Status is 0 or 408 or 429 or 500 or 502 or 503 or 504,
        AggregateException several => several.InnerExceptions.All(IsPassing),
        FileNotFoundException or FileLoadException => false, // of an assembly: our own installation is broken, not the network
        OperationCanceledException or IOException or HttpRequestException or SocketException or TimeoutException or BrokenAnswerException => true,
        _ => false,
    };
}

/// <summary>One try of an operation.</summary>
/// <param name="Number">1 for the first.</param>
/// <param name="Token">Ends the try when its time is over or its caller gives up.</param>
internal readonly record struct StoreTry(int Number, CancellationToken Token)
{
    /// <summary>
    /// True if an earlier try was sent and brought no good answer: it may have done its work all the same, so a refusal now may be our own doing.
    /// </summary>
    public bool MayHaveTakenEffect => Number > 1;
}
