// Thousands of kills under load, on real Azurite: the command line and the rounds.
using System.Globalization;
using MailFunctions.Bench.Peers;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>Runs rounds of kills, each on a fresh system, since Azurite grows slow; the next begins while the one before comes to rest.</summary>
internal static class KillsCommand
{
    /// <summary>The word on the command line.</summary>
    public const string Word = "kills";

    private const string Usage =
        "kills [--count 2000] [--seed 1] [--published FOLDER]  FOLDER holds gateway/ and functions/ as published before.";

    private const int KillsPerRound = 100;
    private const int MostAtRest = 2; // rounds that come to rest while another runs

    /// <summary>Runs it.</summary>
    /// <returns>0 if nothing was lost, doubled or left; 1 otherwise; 2 for a wrong command line.</returns>
    public static async Task<int> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        var (count, seed, published) = (2_000, 1, (string?)null);
        var isRead = arguments.Length % 2 == 0;
        foreach (var pair in arguments.Chunk(2).TakeWhile(_ => isRead))
        {
            isRead = pair[0] switch
            {
                "--count" => int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out count) && count > 0,
                "--seed" => int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out seed),
                "--published" => (published = Path.GetFullPath(pair[1])).Length > 0,
                _ => false,
            };
        }
        if (!isRead || NameServer.Program is null)
        {
            await Console.Error.WriteLineAsync(isRead ? "nsd is missing: install Debian's package nsd." : Usage);
            return 2;
        }
        published ??= await OurSystem.PublishAsync(cancellationToken);
        try
        {
            return await RunAsync(count, seed, published, cancellationToken) ? 0 : 1;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 1;
        }
    }

    private static async Task<bool> RunAsync(int count, int seed, string published, CancellationToken cancellationToken)
    {
        await using var names = await NameServer.StartAsync(KillRound.Zones);
        var sum = new KillTotals();
        var resting = new Queue<Task<KillTotals>>();
        for (var (round, left) = (1, count); left > 0; round++, left -= KillsPerRound)
        {
            var running = await KillRound.StartAsync(round, seed, published, names.Address);
            try
            {
                await running.KillAsync(Math.Min(left, KillsPerRound), cancellationToken);
            }
            catch
            {
                await running.DisposeAsync();
                await ((Task)Task.WhenAll(resting)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // they take their systems away
                throw;
            }
            resting.Enqueue(FinishAsync(running, cancellationToken));
            if (resting.Count > MostAtRest)
                sum = sum.Plus(await resting.Dequeue());
        }
        while (resting.TryDequeue(out var last))
            sum = sum.Plus(await last);
        Console.WriteLine($"kills, seed {seed}: {sum}: {(sum.IsGood ? "good" : "NOT GOOD")}");
        return sum.IsGood;
    }

    private static async Task<KillTotals> FinishAsync(KillRound round, CancellationToken cancellationToken)
    {
        await using (round)
            return await round.FinishAsync(cancellationToken);
    }
}

/// <summary>What rounds came to.</summary>
internal sealed record KillTotals
{
    /// <summary>Kills of the gateway.</summary>
    public int Gateway { get; init; }

    /// <summary>Kills of the function app.</summary>
    public int Functions { get; init; }

    /// <summary>Moments of killing: of one of them, or of both at once.</summary>
    public int Moments { get; init; }

    /// <summary>Answers of 250.</summary>
    public int Accepted { get; init; }

    /// <summary>Copies in mailboxes and elsewhere.</summary>
    public int Copies { get; init; }

    /// <summary>Messages taken without their client's hearing it.</summary>
    public int Recovered { get; init; }

    /// <summary>Remote copies beyond the first that a kill explains.</summary>
    public int Repeated { get; init; }

    /// <summary>Copies that are nowhere.</summary>
    public int Lost { get; init; }

    /// <summary>Copies that nothing explains.</summary>
    public int Duplicated { get; init; }

    /// <summary>What nobody sent.</summary>
    public int Unexpected { get; init; }

    /// <summary>What was left in spool, ledgers, queues, poison queues or with the operator.</summary>
    public int Left { get; init; }

    /// <summary>Whether all is as promised.</summary>
    public bool IsGood => Lost + Duplicated + Unexpected + Left == 0;

    /// <summary>The two together.</summary>
    public KillTotals Plus(KillTotals other) => new()
    {
        Gateway = Gateway + other.Gateway, Functions = Functions + other.Functions, Moments = Moments + other.Moments,
        Accepted = Accepted + other.Accepted, Copies = Copies + other.Copies, Recovered = Recovered + other.Recovered, Repeated = Repeated + other.Repeated,
        Lost = Lost + other.Lost, Duplicated = Duplicated + other.Duplicated, Unexpected = Unexpected + other.Unexpected, Left = Left + other.Left,
    };

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Moments} kills ({Gateway} of the gateway, {Functions} of the function app), {Accepted} accepted, {Copies} copies; lost {Lost}, "
            + $"duplicated {Duplicated}, unexpected {Unexpected}, left {Left}; taken without a 250 {Recovered}, remote copies sent again {Repeated}");
}
