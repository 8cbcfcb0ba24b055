// The storage service's clock, read off the answers that come anyway.
using Azure.Core;
using Azure.Core.Pipeline;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Storage;

/// <summary>
/// Notes the Date of every answer. The header has whole seconds, so the time told may be up to a second behind the service's, and may step back by as much.
/// </summary>
internal sealed class StoreClock(TimeProvider clock) : HttpPipelineSynchronousPolicy, IStoreClock
{
    private sealed record Reading(DateTimeOffset Date, long At);

    private Reading? _latest;

    /// <inheritdoc/>
    public DateTimeOffset UtcNow => Volatile.Read(ref _latest) is { } latest ? latest.Date + clock.GetElapsedTime(latest.At) : clock.GetUtcNow();

    /// <inheritdoc/>
    public override void OnReceivedResponse(HttpMessage message)
    {
        if (message.HasResponse && message.Response.Headers.Date is { } date)
            Volatile.Write(ref _latest, new Reading(date.ToUniversalTime(), clock.GetTimestamp()));
    }
}
