// The local run: the whole system on one machine, by one command.
using System.Runtime.InteropServices;
using MailFunctions.Local;
using Microsoft.Extensions.Logging.Console;

using var stopping = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    // Whatever comes, and however often: everything is stopped in order.
    signal.Cancel = true;
    stopping.Cancel();
}
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop);

using var logs = LoggerFactory.Create(logging => logging
    .AddFilter("Microsoft", LogLevel.Warning)
    .AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled))
    .Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace));

var output = new Output(Console.Out, Console.Error);
var commandLine = new CommandLine(options =>
    new LocalRun(options, options.Published is { } folder ? BuiltPaths.Current.PublishedTo(folder) : BuiltPaths.Current, output, logs, TimeProvider.System)
        .RunAsync(stopping.Token));
return await commandLine.RunAsync(args, Console.Error);
