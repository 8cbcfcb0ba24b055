// A child process that is published before it runs, stopped by signals, and never outlives the local run.
using System.Diagnostics;

namespace MailFunctions.Local;

/// <summary>A running child process.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ChildProcess(Process process, Action<string> said)
    {
        _process = process;
        Id = process.Id;
        void Pass(object sender, DataReceivedEventArgs line)
        {
            if (line.Data is { } text)
                said(text);
        }
        process.OutputDataReceived += Pass;
        process.ErrorDataReceived += Pass;
        process.Exited += (_, _) => OnExited();
        process.EnableRaisingEvents = true;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>The process id of the program itself: nothing stands between it and the local run.</summary>
    public int Id { get; }

    /// <summary>Ends when the process ends, with its exit code: 128 and the signal's number if a signal ended it.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>Starts a program.</summary>
    /// <param name="command">The program.</param>
    /// <param name="beforeRunning">Called with its process id; the program runs when this has ended, and not before.</param>
    /// <param name="said">Called with each line that it writes to its standard output or error.</param>
    /// <exception cref="System.ComponentModel.Win32Exception">The shell could not be started. (A missing program shows by exit code 127.)</exception>
    public static async Task<ChildProcess> StartAsync(ChildCommand command, Func<int, Task> beforeRunning, Action<string> said)
    {
        var process = Process.Start(command.ToStartInfo()) ?? throw new InvalidOperationException($"{command.Executable} could not be started.");
        var child = new ChildProcess(process, said);
        var published = false;
        try
        {
            await beforeRunning(child.Id);
            published = true;
            await process.StandardInput.WriteLineAsync();
            await process.StandardInput.FlushAsync();
        }
        catch (Exception error) when (published && error is (IOException or ObjectDisposedException or InvalidOperationException))
        {
            // killed before it ran: that shows by Exited
        }
        catch
        {
            child.Kill();
            throw;
        }
        return child;
    }

    /// <summary>Ends it by SIGKILL.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // it has ended
        }
    }

    /// <summary>Asks it to end by SIGTERM and waits.</summary>
    /// <returns>Whether it ended within the limit.</returns>
    public async Task<bool> TerminateAsync(TimeSpan limit, TimeProvider time)
    {
        if (!Exited.IsCompleted)
        {
            using (var kill = Process.Start("sh", ["-c", "kill -TERM \"$0\"", $"{Id}"]))
                await kill.WaitForExitAsync();
            await ((Task)Exited).WaitAsync(limit, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        return Exited.IsCompleted;
    }

    /// <summary>Lets go of it; a process that still runs is left to its orphan signal.</summary>
    public ValueTask DisposeAsync()
    {
        _process.Dispose();
        return ValueTask.CompletedTask;
    }

    private void OnExited()
    {
        var code = _process.ExitCode;
        try
        {
            _process.StandardInput.WriteLine(); // the watcher may go: there is nothing left to take along
            _process.StandardInput.Dispose();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // it has gone already, or StartAsync is still writing to it
        }
        _exited.TrySetResult(code);
    }
}
