// The log on standard output and standard error: lines are gathered for a moment and written together.
using System.Globalization;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace MailFunctions.Telemetry;

/// <summary>Registers the log on the console.</summary>
public static class GatheredConsoleServices
{
    /// <summary>Has every line that is logged written to the console in the library's simple format, each as one line.</summary>
    /// <param name="logging">Where providers are registered; those before are taken away.</param>
    /// <param name="errors">From which level on lines go to standard error; None for none.</param>
    public static void AddGatheredConsole(this ILoggingBuilder logging, LogLevel errors = LogLevel.None)
    {
        // The format is the library's; only its writer, which wakes a thread for every line, is replaced.
        logging.AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled));
        logging.ClearProviders();
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = errors);
        logging.Services.AddSingleton<ILoggerProvider>(services => new GatheredConsole(
            services.GetServices<ConsoleFormatter>().Single(formatter => formatter.Name == ConsoleFormatterNames.Simple),
            services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.LogToStandardErrorThreshold,
            new GatheredLines(Console.OpenStandardOutput(), TimeProvider.System),
            new GatheredLines(Console.OpenStandardError(), TimeProvider.System)));
    }
}

/// <summary>The provider: formats lines and puts each where it belongs.</summary>
/// <param name="formatter">How a line looks.</param>
/// <param name="errors">From which level on a line is one for <paramref name="error"/>.</param>
/// <param name="output">Lines below that level; closed with this.</param>
/// <param name="error">The others; closed with this.</param>
[ProviderAlias("Console")]
internal sealed class GatheredConsole(ConsoleFormatter formatter, LogLevel errors, GatheredLines output, GatheredLines error) : ILoggerProvider
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

    /// <inheritdoc/>
    public void Dispose()
    {
        output.Dispose();
        error.Dispose();
    }

    private void Write<TState>(in LogEntry<TState> entry)
    {
        var lines = entry.LogLevel >= errors ? error : output;
        lines.Add(entry, (written, writer) => formatter.Write(written, null, writer), isUrgent: entry.LogLevel >= LogLevel.Warning);
    }

    private sealed class Logger(GatheredConsole console, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            console.Write(new LogEntry<TState>(logLevel, category, eventId, state, exception, formatter));
    }
}

/// <summary>
/// Text for a stream, written by one call a moment after its first line. Who logs never waits: not for a thread to wake, and not for a reader that has
/// stopped; what there is no room for is counted, and the count is told when there is room again.
/// </summary>
internal sealed class GatheredLines : IDisposable
{
    /// <summary>How long lines wait for company. Warnings and errors do not.</summary>
    internal static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(25);

    /// <summary>Characters that may wait.</summary>
    internal const int Room = 1 << 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly StreamWriter _writer;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _writing = new(1);
    private StringWriter _gathered = NewWriter();
    private StringWriter _spare = NewWriter();
    private long _dropped;
    private bool _isDue; // from the moment that a write is wanted until it has been done
    private bool _closed;

    /// <summary>Makes it.</summary>
    /// <param name="stream">Where the text goes, as UTF-8. Nobody is told of a stream that fails: there is nobody.</param>
    /// <param name="clock">Measures the moment.</param>
    public GatheredLines(Stream stream, TimeProvider clock)
    {
        _writer = new StreamWriter(stream, bufferSize: 16 * 1_024);
        _timer = clock.CreateTimer(_ => Write(TimeSpan.Zero), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a line.</summary>
    /// <param name="line">What it is made from.</param>
    /// <param name="format">Writes it, with its end.</param>
    /// <param name="isUrgent">Whether it is written at once, with what has been gathered.</param>
    public void Add<T>(T line, Action<T, TextWriter> format, bool isUrgent)
    {
        lock (_gate)
        {
            if (_closed)
                return;
            if (_gathered.GetStringBuilder().Length > Room)
            {
                _dropped++;
                return;
            }
            format(line, _gathered);
            if (!_isDue || isUrgent)
                _timer.Change(isUrgent ? TimeSpan.Zero : Moment, Timeout.InfiniteTimeSpan);
            _isDue = true;
        }
    }

    /// <summary>Writes what is left. A stream that takes nothing is waited for as long as <see cref="Patience"/>.</summary>
    public void Dispose()
    {
        lock (_gate)
            _closed = true;
        _timer.Dispose();
        Write(Patience);
    }

    private void Write(TimeSpan patience)
    {
        if (!_writing.Wait(patience))
            return; // who writes wants the timer again for what was added since
        if (Take() is { } full)
        {
            try
            {
                _writer.Write(full.GetStringBuilder());
                _writer.Flush();
            }
            catch (Exception)
            {
                // The reader has gone, the descriptor is closed, or whatever: it must not end the process, and the next lines may find another.
            }
            full.GetStringBuilder().Clear();
            _spare = full;
        }
        _writing.Release();
        Rearm();
    }

    private StringWriter? Take()
    {
        lock (_gate)
        {
            if (_dropped > 0)
                _gathered.Write(string.Create(CultureInfo.InvariantCulture, $"warn: {_dropped} lines of the log are missing here: nobody read them in time\n"));
            _dropped = 0;
            if (_gathered.GetStringBuilder().Length == 0)
                return null;
            var full = _gathered;
            _gathered = _spare;
            return full;
        }
    }

    private void Rearm()
    {
        lock (_gate)
        {
            _isDue = !_closed && _gathered.GetStringBuilder().Length > 0;
            if (_isDue)
                _timer.Change(Moment, Timeout.InfiniteTimeSpan);
        }
    }

    private static StringWriter NewWriter() => new(new StringBuilder(4_096), CultureInfo.InvariantCulture);
}
