// A logger that keeps what it is told.
using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Protocol;

/// <summary>Adds each message to a list.</summary>
internal sealed class NotingLogger<T>(ConcurrentQueue<string> noted) : ILogger<T>
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => true;

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        noted.Enqueue($"{logLevel}: {formatter(state, exception)}");
}
