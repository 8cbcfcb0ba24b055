// The load, by Postfix's smtp-source, and what it cost the server.
using System.Diagnostics;
using System.Globalization;

namespace MailFunctions.Bench.Peers;

/// <summary>What is sent: each message over a connection of its own, as smtp-source does it by itself.</summary>
/// <param name="Sessions">How many at a time.</param>
/// <param name="Octets">The length of each.</param>
/// <param name="Count">How many in all.</param>
internal sealed record Load(int Sessions, int Octets, int Count)
{
    /// <summary>Where Debian has it.</summary>
    public const string Program = "/usr/sbin/smtp-source";

    /// <summary>The loads of the table; small enough that each takes a few seconds.</summary>
    public static IReadOnlyList<Load> Table { get; } =
    [
        new(1, 4_096, 500), new(10, 4_096, 2_000), new(50, 4_096, 2_000),
        new(1, 65_536, 300), new(10, 65_536, 1_000), new(50, 65_536, 1_000),
        new(1, 10_485_760, 5), new(10, 10_485_760, 20), new(50, 10_485_760, 50),
    ];

    /// <summary>What comes before the figures that count.</summary>
    public static Load WarmUp { get; } = new(10, 4_096, 5_000);

    /// <summary>Four large messages at once: what is asked about memory.</summary>
    public static Load FourLarge { get; } = new(4, 10_485_760, 12);

    /// <summary>The command, for a port.</summary>
    public IReadOnlyList<string> Arguments(int port) =>
    [
        "-s", $"{Sessions}", "-m", $"{Count}", "-l", $"{Octets}", "-f", "sender@load.test", "-t", MailServer.Recipient, $"127.0.0.1:{port}",
    ];

    /// <summary>Sends it, and waits until the server has done with it.</summary>
    /// <exception cref="InvalidOperationException">Something was refused.</exception>
    public async Task<LoadResult> RunAsync(MailServer server, CancellationToken cancellationToken)
    {
        var processes = server.Processes;
        var before = processes.Select(process => ProcessCosts.CpuSeconds(process.Id)).ToList();
        var around = Around(server);
        var started = Stopwatch.GetTimestamp();
        using var source = Process.Start(Program, Arguments(server.Port));
        await source.WaitForExitAsync(cancellationToken);
        if (source.ExitCode != 0)
            throw new InvalidOperationException($"smtp-source ended with {source.ExitCode} against {server.Name}.");
        var accepted = Stopwatch.GetElapsedTime(started).TotalSeconds;
        await server.DrainAsync(cancellationToken);
        var done = Stopwatch.GetElapsedTime(started).TotalSeconds;
        var costs = processes.Select((process, i) => (process.Part, 1_000 / (double)Count * (ProcessCosts.CpuSeconds(process.Id) - before[i]))).ToList();
        var others = Around(server).Zip(around, (now, then) => (now.Part, 1_000 / (double)Count * (now.Seconds - then.Seconds))).ToList();
        await server.ForgetMailAsync(cancellationToken);
        return new LoadResult(this, Count / accepted, Count / done, costs, others);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Sessions} × {Size}");

    private static List<(string Part, double Seconds)> Around(MailServer server) => [("smtp-source", ProcessCosts.OfEndedChildren()), .. server.Around()];

    private string Size => Octets >= 1_048_576 ? $"{Octets / 1_048_576} MB" : $"{Octets / 1_024} KB";
}

/// <summary>What a load has brought.</summary>
/// <param name="Load">The load.</param>
/// <param name="Accepted">Messages a second, until the last was accepted.</param>
/// <param name="Done">The same until the last was delivered.</param>
/// <param name="Costs">Seconds of CPU for 1,000 messages, by the parts of the server.</param>
/// <param name="Around">The same of what is not the server's and yet shares the machine with it: the load, and for ours storage and host.</param>
internal sealed record LoadResult(
    Load Load, double Accepted, double Done, IReadOnlyList<(string Part, double Seconds)> Costs, IReadOnlyList<(string Part, double Seconds)> Around)
{
    /// <summary>Of all parts together.</summary>
    public double Cost => Costs.Sum(part => part.Seconds);
}
