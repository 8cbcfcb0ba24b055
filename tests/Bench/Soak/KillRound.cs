// One round of kills on a system of its own, from its start to its rest.
using System.Diagnostics;
using System.Globalization;
using Azure.Storage.Queues;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Bench.Soak;

/// <summary>Senders without pause, owners of mailboxes, an exchanger, and the killer; then a rest in which everything must come to its end.</summary>
internal sealed class KillRound : IAsyncDisposable
{
    private const string SinkAddress = "127.0.0.42";
    private const string Far = "someone@far.test";
    private const int Senders = 8, Readers = 2, Mailboxes = 12;
    private const int MostWaiting = 300; // more only make Azurite slow
    private const int MostTold = 20;
    private static readonly TimeSpan SendsAgainAfter = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan BetweenSessions = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestFlight = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan RestLimit = TimeSpan.FromMinutes(6); // a claim of the dead lasts 90 seconds, and there may be several in a row

    private readonly int _round;
    private readonly int _seed;
    private readonly Deliveries _deliveries;
    private readonly SmtpSink _sink;
    private readonly LocalSystem _system;
    private readonly Killer _killer;
    private readonly MailStores _stores;
    private readonly List<MailboxReader> _readers;
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _sent;
    private volatile bool _isFull;

    private KillRound(int round, int seed, LocalSystem system, SmtpSink sink, Deliveries deliveries, TaskCompletionSource<Killer> killer)
    {
        (_round, _seed, _system, _sink, _deliveries) = (round, seed, system, sink, deliveries);
        _killer = new Killer(system, () => deliveries.Accepted);
        killer.SetResult(_killer);
        _stores = MailStores.Open(new StorageOptions { Storage = system.Storage }, "Development");
        _readers =
        [
            .. Enumerable.Range(0, Mailboxes).Select(number => new MailboxReader(system.Port("pop3"), Mailbox(number), deliveries, new Random(seed + number))),
        ];
    }

    /// <summary>The zones that the name server has for all rounds.</summary>
    public static Dictionary<string, string> Zones => new()
    {
        ["far.test"] = $"@ IN MX 10 mx\nmx IN A {SinkAddress}", ["load.test"] = "", ["example.test"] = "",
    };

    /// <summary>Starts a system.</summary>
    /// <param name="round">The number of the round.</param>
    /// <param name="seed">Where chance comes from.</param>
    /// <param name="published">The published programs.</param>
    /// <param name="names">The name server.</param>
    public static async Task<KillRound> StartAsync(int round, int seed, string published, string names)
    {
        var deliveries = new Deliveries();
        var killer = new TaskCompletionSource<Killer>();
        var port = AzuriteServer.FreePorts(1);
        var last = new Dictionary<string, Arrival>();
        var sink = SmtpSink.Start(SinkAddress, port, () => SinkMood.Takes, arrival => Note(arrival, deliveries, last, killer.Task.Result));
        var system = await LocalSystem.StartAsync(
            ["--published", published, "--relay", "--lease", "15", "--restart-pause", "0",
                .. Enumerable.Range(0, Mailboxes).SelectMany(number => new[] { "--account", $"{Mailbox(number)}={LocalSystem.Password}" })],
            new Dictionary<string, string>
            {
                ["Mail__Dns__Server"] = names,
                ["Mail__RelayNetworks"] = "127.0.0.0/8",
                ["Mail__Limits__ConnectionsPerAddress"] = "200",
                ["Mail__Relay__Port"] = $"{port}",
                ["Mail__Relay__AllowPrivateAddresses"] = "true",
                ["Mail__Retry__First"] = "00:00:02",
                ["Mail__Retry__Interval"] = "00:00:02",
                ["Mail__Retry__MaxInterval"] = "00:00:05",
                ["Mail__Sweep__Age"] = "00:00:10",
                ["SweepTimer"] = "*/5 * * * * *",
                ["RetryTimer"] = "* * * * * *",
            });
        return new KillRound(round, (seed * 1_000) + (round * 20), system, sink, deliveries, killer);
    }

    /// <summary>Kills so many times under load.</summary>
    public async Task KillAsync(int count, CancellationToken cancellationToken)
    {
        using var submitter = new Submitter(_system.Port("smtp"), _deliveries, SendsAgainAfter);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var load = Task.WhenAll(
        [
            .. Enumerable.Range(0, Senders).Select(number => SendAsync(submitter, new Random(_seed + 100 + number), stop.Token, cancellationToken)),
            .. Enumerable.Range(0, Readers).Select(number => ReadAsync(number, stop.Token)), LookAsync(stop.Token),
        ]);
        await _killer.RunAsync(count, _seed, cancellationToken);
        await stop.CancelAsync();
        await load;
    }

    /// <summary>Lets everything come to rest, looks at what is there, and tells it.</summary>
    public async Task<KillTotals> FinishAsync(CancellationToken cancellationToken)
    {
        var killing = Stopwatch.GetElapsedTime(_started);
        var left = await CountLeftAsync(cancellationToken);
        for (var started = Stopwatch.GetTimestamp(); left > 0 && Stopwatch.GetElapsedTime(started) < RestLimit;)
        {
            await Task.Delay(BetweenLooks, cancellationToken);
            left = await CountLeftAsync(cancellationToken);
        }
        foreach (var reader in _readers)
        {
            // A killed gateway's lease on a maildrop lasts a minute.
            for (var found = false; !found; found = reader.FoundNothing)
            {
                await reader.ReadOnceAsync();
                await Task.Delay(BetweenSessions, cancellationToken);
            }
        }
        var verdict = _deliveries.Judge();
        var totals = new KillTotals
        {
            Gateway = _killer.GatewayKilled, Functions = _killer.FunctionsKilled, Moments = _killer.Moments,
            Accepted = verdict.Accepted, Copies = verdict.Copies, Recovered = verdict.Recovered, Repeated = verdict.Repeated,
            Lost = verdict.Lost.Count, Duplicated = verdict.Duplicated.Count, Unexpected = verdict.Unexpected.Count, Left = left,
        };
        var all = Stopwatch.GetElapsedTime(_started);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"round {_round}: {totals}; {killing.TotalSeconds:F0} s of kills, {(all - killing).TotalSeconds:F0} s of rest"));
        foreach (var line in verdict.Lost.Concat(verdict.Duplicated).Concat(verdict.Unexpected).Take(MostTold))
            Console.WriteLine($"  {line}");
        if (!totals.IsGood)
            await File.WriteAllLinesAsync(Path.Combine(Path.GetTempPath(), $"kills-round-{_round}.log"), _system.Log, cancellationToken);
        return totals;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _stores.Dispose();
        _killer.Dispose();
        await _system.DisposeAsync();
        await _sink.DisposeAsync();
    }

    private async Task SendAsync(Submitter submitter, Random chance, CancellationToken stopping, CancellationToken cancellationToken)
    {
        while (!stopping.IsCancellationRequested)
        {
            if (_isFull)
            {
                await Task.Delay(SendsAgainAfter, cancellationToken);
                continue;
            }
            var box = Mailbox(chance.Next(Mailboxes));
            string[] recipients = chance.NextDouble() switch { < 0.7 => [box], < 0.85 => [Far], _ => [box, Far] };
            var message = NumberedMessage.Make($"kills{_round}", Interlocked.Increment(ref _sent), chance.Next(50) == 0 ? 200_000 : 2_000);
            await submitter.SubmitAsync(message, recipients, cancellationToken);
        }
    }

    private async Task ReadAsync(int first, CancellationToken stopping)
    {
        for (var number = first; !stopping.IsCancellationRequested; number = (number + Readers) % Mailboxes)
        {
            await _readers[number].ReadOnceAsync();
            await Task.Delay(BetweenSessions, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task LookAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            _isFull = await _stores.Queues.CountAsync(WorkQueue.Accepted, CancellationToken.None) > MostWaiting;
            await Task.Delay(BetweenLooks, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<int> CountLeftAsync(CancellationToken cancellationToken)
    {
        var left = await _stores.Spool.ListAsync("", cancellationToken).CountAsync(entry => entry.Length > 0, cancellationToken) // not marks of what has ended
            + await _stores.Ledgers.ListAsync("", cancellationToken).CountAsync(cancellationToken)
            + await _stores.Parked.ListAsync(cancellationToken).CountAsync(cancellationToken);
        foreach (var queue in new[] { WorkQueue.Accepted, WorkQueue.Relay })
        {
            left += (int)await _stores.Queues.CountAsync(queue, cancellationToken);
            var poison = new QueueClient(_system.Storage, BlobNames.PoisonQueue(queue));
            if (await poison.ExistsAsync(cancellationToken))
                left += (await poison.GetPropertiesAsync(cancellationToken)).Value.ApproximateMessagesCount;
        }
        return left;
    }

    // A connection of the function app ends with the process that made it: with the first kill after it was made. If that was while a message may have
    // been in flight, between its last line and the record of its outcome, and before it came again, then the kill is why it came again.
    private static void Note(Arrival arrival, Deliveries deliveries, Dictionary<string, Arrival> last, Killer killer)
    {
        var (id, isWhole) = NumberedMessage.Read(arrival.Message);
        if (!isWhole)
            deliveries.Unexpected($"{arrival.SpoolId} at {arrival.Recipient} is not what was sent as '{id}'");
        lock (last)
        {
            if (last.TryGetValue(arrival.SpoolId, out var before) && killer.FunctionsKilledAfter(before.ConnectedAt) is { } killed
                && killed < arrival.At && Stopwatch.GetElapsedTime(before.At, killed) < LongestFlight)
                deliveries.Excused(arrival.Recipient, arrival.SpoolId, id);
            last[arrival.SpoolId] = arrival with { Message = "" };
        }
        deliveries.Received(arrival.Recipient, arrival.SpoolId, id);
    }

    private static string Mailbox(int number) => string.Create(CultureInfo.InvariantCulture, $"box{number}@example.test");
}
