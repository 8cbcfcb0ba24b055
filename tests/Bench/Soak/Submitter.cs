// Brings messages into the system, each until it is taken.
using System.Collections.Concurrent;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>
/// Sends over sessions that it keeps for some messages. A message that was refused for now, or whose connection broke, is sent again under the same id
/// after a pause, for as long as it takes. Safe for concurrent use.
/// </summary>
internal sealed class Submitter(int port, Deliveries deliveries, TimeSpan pause) : IDisposable
{
    private const int MostPerSession = 10;
    private const int MostIdle = 20; // what a moment of need has opened is not to be held open at the server for ever after

    private readonly ConcurrentBag<SmtpSession> _idle = [];
    private int _repeats;

    /// <summary>How many times a message was sent again.</summary>
    public int Repeats => _repeats;

    /// <summary>Sends one message.</summary>
    public async Task SubmitAsync(NumberedMessage message, IReadOnlyList<string> recipients, CancellationToken cancellationToken)
    {
        deliveries.Offer(message.Id, recipients);
        while (!await TryAsync(message, recipients, cancellationToken))
        {
            Interlocked.Increment(ref _repeats);
            await Task.Delay(pause, cancellationToken);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryTake(out var session))
            session.Dispose();
    }

    /// <returns>Whether it needs no more sending.</returns>
    private async Task<bool> TryAsync(NumberedMessage message, IReadOnlyList<string> recipients, CancellationToken cancellationToken)
    {
        if (!_idle.TryTake(out var session) && (session = await SmtpSession.TryOpenAsync(port, cancellationToken)) is null)
            return false;
        var outcome = await session.SendAsync(message, recipients, cancellationToken);
        if (outcome is Submission.Accepted accepted)
        {
            deliveries.Answered(message.Id, accepted.SpoolId);
            if (session.Sent < MostPerSession && _idle.Count < MostIdle)
            {
                _idle.Add(session);
                return true;
            }
            await session.QuitAsync(cancellationToken);
        }
        session.Dispose();
        if (outcome is Submission.Broken { WasSent: true } or Submission.Refused { WasSent: true })
            deliveries.Doubted(message.Id);
        if (outcome is Submission.Refused { IsForNow: false } refused)
            deliveries.Unexpected($"{message.Id} was refused: {refused.Reply}");
        return outcome is Submission.Accepted or Submission.Refused { IsForNow: false };
    }
}
