// Puts the policy for addresses before every logger of a program.
using System.Collections;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Telemetry;

/// <summary>Loggers whose every line goes through <see cref="AddressPrivacy"/> before it reaches a console or an exporter.</summary>
internal sealed class PrivateLoggerFactory(ILoggerFactory inner, AddressPrivacy privacy) : ILoggerFactory
{
    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName) => new PrivateLogger(inner.CreateLogger(categoryName), privacy);

    /// <inheritdoc/>
    public void AddProvider(ILoggerProvider provider) => inner.AddProvider(provider);

    /// <inheritdoc/>
    public void Dispose() => inner.Dispose();
}

/// <summary>A logger that shows addresses by a policy.</summary>
internal sealed class PrivateLogger(ILogger inner, AddressPrivacy privacy) : ILogger
{
    /// <inheritdoc/>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    /// <inheritdoc/>
    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel);

    /// <inheritdoc/>
    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!inner.IsEnabled(logLevel))
            return;
        var line = new PrivateLine(privacy.Clean(formatter(state, exception)), ValuesOf(state));
        inner.Log(logLevel, eventId, line, exception is null ? null : new PrivateException(exception, privacy), static (shown, _) => shown.ToString());
    }

    private KeyValuePair<string, object?>[] ValuesOf<TState>(TState state) =>
        state is IReadOnlyList<KeyValuePair<string, object?>> values
            ? [.. values.Select(pair => KeyValuePair.Create(pair.Key, Shown(pair.Value)))]
            : [];

    private object? Shown(object? value) => value switch
    {
        null or bool or int or long or double => value,
        _ when value.ToString() is { } text && text.Contains('@', StringComparison.Ordinal) => privacy.Clean(text),
        _ => value,
    };

    private sealed class PrivateLine(string text, KeyValuePair<string, object?>[] values) : IReadOnlyList<KeyValuePair<string, object?>>
    {
        public int Count => values.Length;

        public KeyValuePair<string, object?> this[int index] => values[index];

        public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => values.AsEnumerable().GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public override string ToString() => text;
    }
}

/// <summary>An exception as it may be shown.</summary>
internal sealed class PrivateException(Exception original, AddressPrivacy privacy) : Exception(privacy.Clean(original.Message))
{
    /// <inheritdoc/>
    public override string ToString() => privacy.Clean(original.ToString());
}
