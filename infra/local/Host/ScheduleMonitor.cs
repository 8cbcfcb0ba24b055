// Keeps in storage when a timer last ran and will next, so that a run missed is made up.
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;

namespace MailFunctions.Local.Host;

/// <summary>The record of one timer's runs: the blob <c>timers/{host}/{timer}/status</c> in the container azure-webjobs-hosts.</summary>
internal sealed class ScheduleMonitor(BlobContainerClient container, string hostId, string function)
{
    private readonly BlobClient _blob = container.GetBlobClient($"timers/{hostId}/Host.Functions.{function}/status");

    /// <summary>Reads the record, or makes and writes the first one.</summary>
    /// <returns>The record, and whether its next run lies in the past: then it was missed.</returns>
    /// <exception cref="RequestFailedException">The storage service does not answer as it should.</exception>
    public async Task<(ScheduleStatus Status, bool IsPastDue)> OpenAsync(TimerSchedule schedule, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var recorded = await ReadAsync(cancellationToken);
        var status = Reconcile(recorded, schedule, now);
        if (status != recorded)
            await UpdateAsync(status, cancellationToken);
        return (status, now > status.Next);
    }

    /// <summary>Writes the record.</summary>
    /// <exception cref="RequestFailedException">The storage service does not answer as it should.</exception>
    public Task UpdateAsync(ScheduleStatus status, CancellationToken cancellationToken) =>
        _blob.UploadAsync(new BinaryData(JsonSerializer.SerializeToUtf8Bytes(status, HostJson.Default.ScheduleStatus)), overwrite: true, cancellationToken);

    /// <summary>What the record must be: a first one where there is none, and one without a missed run where the schedule was changed.</summary>
    public static ScheduleStatus Reconcile(ScheduleStatus? recorded, TimerSchedule schedule, DateTimeOffset now)
    {
        if (recorded is null)
            return new ScheduleStatus(default, schedule.NextAfter(now), now);
        var basis = recorded.Last != default ? recorded.Last : recorded.LastUpdated != default ? recorded.LastUpdated : now;
        var expected = schedule.NextAfter(basis);
        if (expected == recorded.Next)
            return recorded;
        return new ScheduleStatus(default, now > expected ? schedule.NextAfter(now) : expected, basis);
    }

    private async Task<ScheduleStatus?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var content = (await _blob.DownloadContentAsync(cancellationToken)).Value.Content;
            return JsonSerializer.Deserialize(content.ToMemory().Span, HostJson.Default.ScheduleStatus);
        }
        catch (RequestFailedException trouble) when (trouble.Status == 404)
        {
            return null;
        }
        catch (JsonException)
        {
            return null; // as if there were none: the platform does the same
        }
    }
}
