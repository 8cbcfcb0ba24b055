// What the two timers cost with many messages that wait.
using System.Diagnostics;
using System.Globalization;
using System.Text;
using MailFunctions.App;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Bench.Scale;

internal static class Timers
{
    /// <summary>The retry tick: with none due, with a thousand due, with all due of which half are for one destination.</summary>
    public static async Task<string> DueAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder("retry tick");
        foreach (var (waiting, due) in ((int, int)[])[(100_000, 0), (1_000_000, 0), (10_000_000, 0), (1_000_000, 1_000), (100_000, 100_000), (1_000_000, 1_000_000)])
        {
            var now = DateTimeOffset.UtcNow;
            var service = new ListedService().With(BlobNames.DueContainer, waiting, number => new Listed(
                BlobNames.Due(DueEntry.At(
                    now.AddSeconds(number < due ? -600 + 500d * number / due : 3_600 + number * 0.001), ListedService.Id(number, waiting, now),
                    number % 2 == 0 ? "down.test" : $"domain{number % 1_000}.test", poisoned: 0)), 0));
            using var stores = service.Open();
            var tick = new RetryDeferred(stores.Due, stores.Queues, TimeProvider.System, NullLogger<RetryDeferred>.Instance);
            await using var heap = new HeapWatch();
            var began = Stopwatch.GetTimestamp();
            await tick.RunAsync(cancellationToken);
            var took = Stopwatch.GetElapsedTime(began);
            line.Append(CultureInfo.InvariantCulture,
                $"; {waiting} waiting, {due} due: {service.Lists} lists, {service.Others} other calls, {took.TotalSeconds:F1} s, {heap.Peak / 1_048_576d:F1} MiB at most");
        }
        return line.ToString();
    }

    /// <summary>The hourly sweep over spool and ledger of messages that wait and are not idle.</summary>
    public static async Task<string> SweepAsync(CancellationToken cancellationToken)
    {
        var line = new StringBuilder("hourly sweep");
        foreach (var waiting in (int[])[100_000, 1_000_000])
        {
            var now = DateTimeOffset.UtcNow;
            var next = now.AddHours(1).UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
            var metadata = $"<next>{next}</next><writer>0123456789abcdef0123456789abcdef</writer>";
            var service = new ListedService()
                .With(BlobNames.SpoolContainer, waiting, number => new Listed(ListedService.Id(number, waiting, now).Text, 75_000))
                .With(BlobNames.LedgerContainer, waiting, number => new Listed(ListedService.Id(number, waiting, now).Text, 600, metadata));
            using var stores = service.Open();
            var sweep = new SweepSpool(
                stores.Spool, stores.Ledgers, stores.Parked, stores.Queues, stores.Clock,
                new LateMail(stores.RemovedAccounts, stores.Mailboxes, stores.Spool, stores.Clock, NullLogger<LateMail>.Instance), new AppOptions(0, TimeSpan.FromMinutes(10)),
                TimeProvider.System, NullLogger<SweepSpool>.Instance);
            await using var heap = new HeapWatch();
            var began = Stopwatch.GetTimestamp();
            await sweep.RunAsync(null, cancellationToken);
            var took = Stopwatch.GetElapsedTime(began) - service.OwnTime;
            line.Append(CultureInfo.InvariantCulture,
                $"; {waiting} waiting: {service.Lists} lists, {service.Others} other calls, {took.TotalSeconds:F1} s of our own work, {heap.Peak / 1_048_576d:F1} MiB at most");
        }
        return line.ToString();
    }
}
