// The operator, who gives mailctl's commands.
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl;

namespace MailFunctions.Simulation.Engine;

/// <summary>Gives a command again after a while, until it is done. Each is a process of its own, whose calls go wrong like all others.</summary>
internal sealed class SimOperator(SimWorld world)
{
    private const int MaxTries = 40;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30);

    /// <summary>Gives a command.</summary>
    /// <param name="make">Makes the verb for the machine that it is given on.</param>
    /// <param name="arguments">What stands behind the verb.</param>
    public async Task RunAsync(Func<Workstation, Verb> make, params string[] arguments)
    {
        for (var tries = 0; tries < MaxTries; tries++)
        {
            if (tries > 0)
                await Task.Delay(Pause, world.Time);
            var answer = await RunOnceAsync(make, arguments);
            world.Log.Add($"operator: {Print(answer)}");
            // What was done before its answer was lost is refused when it is asked for again.
            if (answer is Answer.Done || (answer is Answer.Refused(var why) && why.Contains("already", StringComparison.Ordinal)))
                return;
        }
        world.Checker.Report($"I8: the operator never gets done: {string.Join(' ', arguments)}");
    }

    private async Task<Answer?> RunOnceAsync(Func<Workstation, Verb> make, string[] arguments)
    {
        var process = world.StartOperator();
        var died = new TaskCompletionSource<Answer?>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.AtDeath.Add(() => died.TrySetResult(null));
        return await await Task.WhenAny(RunVerbAsync(process, make, arguments), died.Task);
    }

    private static async Task<Answer?> RunVerbAsync(SimProcess process, Func<Workstation, Verb> make, string[] arguments)
    {
        var verb = make(new Workstation
        {
            Input = Stream.Null, Output = TextWriter.Null, Error = TextWriter.Null, Variable = _ => null, Clock = process.Time,
        });
        var parsed = verb.Parse(arguments);
        if (parsed.Errors.Count > 0)
            throw new ArgumentException(parsed.Errors[0].Message, nameof(arguments));
        try
        {
            return await verb.RunAsync(parsed, process.Stores, CancellationToken.None);
        }
        catch (StoreUnavailableException)
        {
            return null;
        }
    }

    private static string Print(Answer? answer) => answer switch
    {
        null => "no answer",
        Answer.Partly(_, var refusals) => string.Join(' ', refusals),
        Answer.Refused(var why) => why,
        _ => answer.GetType().Name,
    };
}
