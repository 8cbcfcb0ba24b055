// A program that is started again whenever it ends.
namespace MailFunctions.Local;

/// <summary>Keeps one program running until stopped.</summary>
/// <param name="name">What it is called where its lines and its ends are told.</param>
/// <param name="command">The program.</param>
/// <param name="started">Called with each new process id, before the program runs.</param>
/// <param name="output">Where its lines go.</param>
/// <param name="stopLimit">How long it may take to end when asked; after that it is killed.</param>
/// <param name="longestPause">The longest pause before it is started again (<see cref="RestartPause"/>).</param>
/// <param name="time">The time.</param>
internal sealed class KeptProgram(
    string name, ChildCommand command, Func<int, Task> started, Output output, TimeSpan stopLimit, TimeSpan longestPause, TimeProvider time)
{
    private readonly RestartPause _pause = new(longestPause, time);

    /// <summary>Runs until stopped; then asks the program to end and waits for that.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (true)
        {
            await Task.Delay(_pause.BeforeNext(), time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                return;
            await using var child = await ChildProcess.StartAsync(command, started, line => output.Tell(name, line));
            await ((Task)child.Exited).WaitAsync(stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
            {
                if (await child.TerminateAsync(stopLimit, time))
                    return;
                output.Tell("local", $"{name} did not end within {stopLimit.TotalSeconds} s and is killed.");
                child.Kill();
                await child.Exited;
                return;
            }
            output.Tell("local", $"{name} (process {child.Id}) ended with exit code {await child.Exited}; it is started anew.");
        }
    }
}
