// The app settings: what %NAME% and a binding's connection stand for.
namespace MailFunctions.Local.Host;

/// <summary>The function app's settings, which are its environment variables; names are compared without case.</summary>
internal sealed class AppSettings(IEnumerable<KeyValuePair<string, string>> values)
{
    private readonly Dictionary<string, string> _values = new(values, StringComparer.OrdinalIgnoreCase);

    /// <summary>All of them.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>Puts settings in the place of <c>%NAME%</c> in a value of function.json.</summary>
    /// <exception cref="InvalidDataException">There is no such setting.</exception>
    public string Resolve(string text)
    {
        for (var from = 0; ;)
        {
            var start = text.IndexOf('%', from);
            var end = start < 0 ? -1 : text.IndexOf('%', start + 1);
            if (end < 0)
                return text;
            var name = text[(start + 1)..end];
            var value = _values.GetValueOrDefault(name) ?? throw new InvalidDataException($"The app setting '{name}' is not set.");
            text = string.Concat(text.AsSpan(0, start), value, text.AsSpan(end + 1));
            from = start + value.Length;
        }
    }

    /// <summary>The connection string that a binding's <c>connection</c> names.</summary>
    /// <exception cref="InvalidDataException">There is no such setting.</exception>
    public string ConnectionString(string name) =>
        _values.GetValueOrDefault(name) ?? _values.GetValueOrDefault("AzureWebJobs" + name)
        ?? throw new InvalidDataException($"The app setting '{name}', a connection string, is not set.");
}
