// Measures the gateway, the start of the function app, and how it goes with what waits: one line a measurement, with its units and the command that makes it again.
using System.Globalization;
using System.Runtime.InteropServices;
using MailFunctions.Bench;
using MailFunctions.Bench.HotPaths;
using MailFunctions.Bench.Peers;
using MailFunctions.Bench.Scale;
using MailFunctions.Bench.Soak;

(string Name, Func<CancellationToken, Task<string>> MeasureAsync)[] rows =
[
    ("idle", token => IdleConnections.MeasureAsync(underTls: false, token)),
    ("idle-tls", token => IdleConnections.MeasureAsync(underTls: true, token)),
    ("idle-native", token => IdleConnections.MeasureNativeAsync(underTls: false, token)),
    ("idle-native-tls", token => IdleConnections.MeasureNativeAsync(underTls: true, token)),
    ("slow", SlowClients.MeasureAsync),
    ("intake-4k", token => Throughput.IntakeAsync(4_096, 20_000, token)),
    ("intake-1m", token => Throughput.IntakeAsync(1_048_576, 500, token)),
    ("retr-4k", token => Throughput.RetrievalAsync(4_096, 20_000, token)),
    ("retr-1m", token => Throughput.RetrievalAsync(1_048_576, 500, token)),
    ("lines", WireSpeed.LinesAsync),
    ("dots", WireSpeed.DotsAsync),
    ("mime", MessageSpeed.MimeOfOthersAsync),
    ("mime-20m", MessageSpeed.LargeMimeAsync),
    ("dkim-rsa", token => MessageSpeed.DkimAsync(rsa: true, token)),
    ("dkim-ed", token => MessageSpeed.DkimAsync(rsa: false, token)),
    ("start", FunctionStart.MeasureAsync),
    ("maildrop-1m", token => LargeMaildrop.MeasureAsync(1_000_000, token)),
    ("due-10m", Timers.DueAsync),
    ("sweep-1m", Timers.SweepAsync),
];

using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    return await RunAsync(stop.Token);
}
catch (OperationCanceledException) when (stop.IsCancellationRequested)
{
    await Console.Error.WriteLineAsync("Stopped.");
    return 130; // as a shell has it for Ctrl-C
}

async Task<int> RunAsync(CancellationToken stopped)
{
    switch (args)
    {
        case [PeersCommand.Word, .. var options]:
            return await PeersCommand.RunAsync(options, stopped);
        case [SoakCommand.Word, .. var options]:
            return await SoakCommand.RunAsync(options, stopped);
        case [KillsCommand.Word, .. var options]:
            return await KillsCommand.RunAsync(options, stopped);
        case [HotCommand.Word, .. var options]:
            return await HotCommand.RunAsync(options, stopped);
        case [StorageStub.Word, var port, .. var faults]:
            await StorageStub.RunAsync(int.Parse(port, CultureInfo.InvariantCulture), StubFaults.Read(faults), stopped);
            return 0;
        case [OurSystem.HostWord, var published, .. var options]:
            return await OurSystem.RunHostAsync(published, options, stopped);
    }
    if (args.Except(rows.Select(row => row.Name)).Any())
    {
        await Console.Error.WriteLineAsync(
            $"Measurements are: {string.Join(' ', rows.Select(row => row.Name))}; none named means all. "
                + $"Against other servers: {PeersCommand.Word}; for hours: {SoakCommand.Word}; under fire: {KillsCommand.Word}; "
                + $"the hot paths one by one: {HotCommand.Word}.");
        return 2;
    }
    foreach (var (name, measureAsync) in rows.Where(row => args.Length == 0 || args.Contains(row.Name)))
        Console.WriteLine($"{name,-15} {await measureAsync(stopped)}   (dotnet run -c Release --project tests/Bench -- {name})");
    return 0;
}
