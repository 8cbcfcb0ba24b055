// One long run from its start to its verdict.
using System.Globalization;
using MailFunctions.Bench.Peers;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>
/// Gateway and function app as they are published, storage that fails, an exchanger that fails, senders and owners of mailboxes. Each minute is told;
/// at the end everything is brought to rest without faults and the books are closed.
/// </summary>
internal static class SoakRun
{
    private const string SinkAddress = "127.0.0.41";
    private const int LooksPerMinute = 12;
    private const int MostTold = 20;
    private static readonly TimeSpan LongestKeeping = TimeSpan.FromMinutes(11); // after ten, a deletion leaves no tombstone
    private static readonly TimeSpan DrainLimit = TimeSpan.FromMinutes(10);

    /// <summary>Runs it.</summary>
    /// <returns>Whether all is as promised.</returns>
    public static async Task<bool> RunAsync(SoakPlan plan, CancellationToken cancellationToken)
    {
        var deliveries = new Deliveries();
        var sinkPort = AzuriteServer.FreePorts(1);
        await using var names = await NameServer.StartAsync(new()
        {
            ["far.test"] = $"@ IN MX 10 mx\nmx IN A {SinkAddress}", ["load.test"] = "", ["soak.test"] = "",
        });
        await using var sink = SmtpSink.Start(SinkAddress, sinkPort, Moods(new Random(plan.Seed + 1_000)), arrival => Note(arrival, deliveries));
        await using var system = await OurSystem.StartAsync(plan.Published!, Setup(plan, names.Address, sinkPort), cancellationToken);
        var keeps = TimeSpan.FromMinutes(plan.Minutes) / 6;
        using var load = new SoakLoad(system.Port, system.Pop3Port, deliveries, keeps < LongestKeeping ? keeps : LongestKeeping, plan.Seed);
        var histories = system.Processes.Select((part, number) => new ProcessHistory(part.Part, () => system.Processes[number].Id)).ToList();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var stopFetching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var fetching = load.FetchAsync(stopFetching.Token);
        var sending = load.SendAsync(plan.Rate, stop.Token, cancellationToken);

        await WatchAsync(plan, load, histories, cancellationToken);
        await stop.CancelAsync();
        await system.AskStorageAsync("mend", cancellationToken);
        await sending;
        await stopFetching.CancelAsync();
        await fetching;
        var isDrained = await DrainAsync(system, cancellationToken);
        await load.EmptyAsync(cancellationToken);
        return await JudgeAsync(plan, system, load, deliveries, histories, isDrained, cancellationToken);
    }

    private static SystemSetup Setup(SoakPlan plan, string names, int sinkPort) => new()
    {
        Options = ["--domain", "soak.test", "--relay", "--lease", "30", .. SoakLoad.Options],
        StubOptions = [plan.Faults.ToString(CultureInfo.InvariantCulture), $"{plan.Seed}"],
        Environment = new Dictionary<string, string>
        {
            ["Mail__Dns__Server"] = names,
            ["Mail__RelayNetworks"] = "127.0.0.0/8",
            ["Mail__Relay__Port"] = $"{sinkPort}",
            ["Mail__Relay__AllowPrivateAddresses"] = "true",
            ["Mail__Retry__First"] = "00:00:05",
            ["Mail__Retry__Interval"] = "00:00:10",
            ["Mail__Retry__MaxInterval"] = "00:00:30",
            ["Mail__Sweep__Age"] = "00:01:00",
            ["SweepTimer"] = "*/30 * * * * *",
            ["RetryTimer"] = "*/2 * * * * *",
        },
    };

    private static async Task WatchAsync(SoakPlan plan, SoakLoad load, List<ProcessHistory> histories, CancellationToken cancellationToken)
    {
        // A short run has as many "minutes" as an hour, and shorter ones.
        var minute = TimeSpan.FromMinutes(plan.Minutes < 60 ? plan.Minutes / 60.0 : 1);
        for (var number = 1; number <= Math.Max(60, plan.Minutes); number++)
        {
            for (var look = 0; look < LooksPerMinute; look++)
            {
                await Task.Delay(minute / LooksPerMinute, cancellationToken);
                foreach (var history in histories)
                    history.Look();
            }
            Tell($"{number * minute.TotalMinutes:F1} min: {load.Told}; {string.Join("; ", histories.Select(history => history.EndMinute()))}");
        }
    }

    private static async Task<bool> DrainAsync(OurSystem system, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(DrainLimit);
        try
        {
            await system.DrainAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<bool> JudgeAsync(
        SoakPlan plan, OurSystem system, SoakLoad load, Deliveries deliveries, List<ProcessHistory> histories, bool isDrained,
        CancellationToken cancellationToken)
    {
        var left = await system.AskStorageAsync("left", cancellationToken);
        var held = await system.AskStorageAsync("held", cancellationToken);
        var faults = await system.AskStorageAsync("faults", cancellationToken);
        // A remote copy may come once more for each fault that hit what its outcome was to be recorded in.
        var more = new Dictionary<string, int>();
        foreach (var spoolId in deliveries.SentAgain)
            more[spoolId] = int.Parse(await system.AskStorageAsync($"faults/{spoolId}", cancellationToken), CultureInfo.InvariantCulture);
        var verdict = deliveries.Judge(spoolId => more.GetValueOrDefault(spoolId));
        var flatness = histories.Select(history => history.Judge()).ToList();
        var isGood = verdict.IsGood && isDrained && held == "0" && flatness.All(process => process.IsFlat);

        foreach (var line in verdict.Lost.Select(line => $"lost: {line}").Concat(verdict.Duplicated.Select(line => $"duplicated: {line}"))
            .Concat(verdict.Unexpected.Select(line => $"unexpected: {line}")).Take(MostTold))
            Console.WriteLine(line);
        if (!isDrained)
            Console.WriteLine(system.Said);
        Tell($"soak, {plan.Minutes} minutes, {plan.Rate} messages/s, seed {plan.Seed}: {(isGood ? "good" : "NOT GOOD")}");
        Tell($"storage faults: {faults}");
        Tell($"{verdict.Messages} messages; {load.Told}; {left} left, {held} held");
        Tell($"lost {verdict.Lost.Count}, duplicated {verdict.Duplicated.Count}, unexpected {verdict.Unexpected.Count}");
        Tell($"taken without a 250 {verdict.Recovered}, remote copies sent again {verdict.Repeated}");
        foreach (var (told, _) in flatness)
            Console.WriteLine(told);
        return isGood;
    }

    private static void Note(Arrival arrival, Deliveries deliveries)
    {
        var (id, isWhole) = NumberedMessage.Read(arrival.Message);
        if (!isWhole)
            deliveries.Unexpected($"{arrival.SpoolId} at {arrival.Recipient} is not what was sent as '{id}'");
        deliveries.Received(arrival.Recipient, arrival.SpoolId, id);
        if (!arrival.IsAnswered)
            deliveries.Excused(arrival.Recipient, arrival.SpoolId, id);
    }

    // Asked by several sessions at once.
    private static Func<SinkMood> Moods(Random chance)
    {
        var gate = new Lock();
        return () =>
        {
            double drawn;
            lock (gate)
                drawn = chance.NextDouble();
            return drawn switch
            {
                < 0.01 => SinkMood.RefusesRecipient,
                < 0.02 => SinkMood.RefusesMessage,
                < 0.03 => SinkMood.HangsUpBefore,
                < 0.04 => SinkMood.HangsUpAfter,
                _ => SinkMood.Takes,
            };
        };
    }

    private static void Tell(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
