// The simulations that every test run makes: all single faults, many seeds, and the checker's own test.
using System.Collections.Concurrent;
using MailFunctions.Simulation.Checks;

namespace MailFunctions.Simulation;

public sealed class SimulationTests
{
    // As many as fit into 90 seconds of two processors; SIMULATION_SEEDS for more, SIMULATION_FROM for others.
    private const string Seeds = "10000";

    public static TheoryData<string> Bugs => [.. Enum.GetNames<PlantedBug>().Skip(1)];

    [Fact]
    public async Task I1_to_I9_hold_whichever_single_call_to_storage_of_any_scenario_goes_wrong_in_whichever_way()
    {
        var (totals, said) = await RunAsync(["--singles"]);
        Assert.True(totals.Failures == 0, said);
        Assert.True(totals.Runs > 3_000, said);
    }

    [Fact]
    public async Task I1_to_I9_hold_for_random_seeds_with_several_faults()
    {
        var (totals, said) = await RunAsync([
            "--seeds", Environment.GetEnvironmentVariable("SIMULATION_SEEDS") ?? Seeds, "--from", Environment.GetEnvironmentVariable("SIMULATION_FROM") ?? "0",
        ]);
        Assert.True(totals.Failures == 0, said);
        Assert.True(totals.Faults > 0 && totals.Recovered >= 0, said);
    }

    [Theory]
    [InlineData("many/7/random")]
    [InlineData("pop3/40/random")]
    [InlineData("mixed/0/12=KillAfter")]
    public async Task A_run_made_again_in_another_process_is_the_same_to_the_last_event(string spec)
    {
        var (_, first) = await RunAsync(["--replay", spec]);
        var (_, second) = await RunAsync(["--replay", spec]);
        Assert.Contains("hash ", first, StringComparison.Ordinal);
        Assert.Equal(first, second);
    }

    [Theory]
    [InlineData("delay/3153/random")]
    [InlineData("report-fails/2469/random")]
    [InlineData("signed/76093/random")]
    [InlineData("forward-fails/89084/random")]
    [InlineData("forward-fails/108028/random")]
    [InlineData("dns-down/96254/random")]
    [InlineData("alias-both/137514/random")]
    [InlineData("removed/359602/random")]
    [InlineData("forward-fails/824274/random")]
    public async Task A_run_that_was_once_found_fault_with_is_right(string spec)
    {
        var (totals, said) = await RunAsync(["--replay", spec]);
        Assert.True(totals.Failures == 0, said);
    }

    [Theory]
    [MemberData(nameof(Bugs))]
    public async Task The_checker_finds_each_planted_bug(string name)
    {
        var bug = Enum.Parse<PlantedBug>(name);
        var (totals, said) = await RunAsync(["--seeds", "1000", "--enough", "1"], bug);
        Assert.True(totals.Failures > 0, $"{name} was not found: {said}");
        Assert.Contains("--replay", said, StringComparison.Ordinal); // it ended by a finding, not by itself
    }

    private static async Task<(Totals Totals, string Said)> RunAsync(string[] args, PlantedBug planted = PlantedBug.None)
    {
        var lines = new ConcurrentQueue<string>();
        var totals = await Commands.RunInChildrenAsync(args, lines.Enqueue, planted);
        return (totals, string.Join('\n', lines));
    }
}
