// Reads a function.json.
using System.Text.Json;

namespace MailFunctions.Local.Host;

/// <summary>A function.json as it stands in the file.</summary>
internal sealed record FunctionFile(IReadOnlyList<FunctionFile.Binding>? Bindings, bool? Disabled)
{
    internal sealed record Binding(
        string? Type, string? Direction, string? Name, string? QueueName, string? Connection, string? DataType, string? Schedule, bool? UseMonitor,
        bool? RunOnStartup, string? Route, IReadOnlyList<string>? Methods);

    /// <summary>Reads the function.json of the function <paramref name="name"/>.</summary>
    /// <exception cref="InvalidDataException">The platform would refuse it, or this host does not know its trigger; the message says which and why.</exception>
    public static FunctionDefinition Read(string name, ReadOnlySpan<byte> json, AppSettings settings)
    {
        FunctionFile? file;
        try
        {
            file = JsonSerializer.Deserialize(json, HostJson.Default.FunctionFile);
        }
        catch (JsonException trouble)
        {
            throw new InvalidDataException($"{name}/function.json cannot be read: {trouble.Message}", trouble);
        }
        var triggers = (file?.Bindings ?? []).Where(binding => binding.Type?.EndsWith("Trigger", StringComparison.OrdinalIgnoreCase) == true).ToList();
        if (triggers is not [{ Name: { Length: > 0 } bindingName } trigger])
            throw new InvalidDataException($"{name}/function.json: exactly one trigger with a name is needed.");
        return new FunctionDefinition(name, bindingName, ReadTrigger(name, trigger, settings));
    }

    private static FunctionTrigger ReadTrigger(string name, Binding binding, AppSettings settings) => binding.Type!.ToUpperInvariant() switch
    {
        "QUEUETRIGGER" => new FunctionTrigger.Queue(
            settings.Resolve(binding.QueueName ?? throw new InvalidDataException($"{name}/function.json: queueName is missing.")),
            settings.ConnectionString(binding.Connection ?? "AzureWebJobsStorage"),
            string.Equals(binding.DataType, "binary", StringComparison.OrdinalIgnoreCase)),
        "TIMERTRIGGER" => new FunctionTrigger.Timer(
            TimerSchedule.Parse(settings.Resolve(binding.Schedule ?? throw new InvalidDataException($"{name}/function.json: schedule is missing."))),
            binding.UseMonitor ?? true,
            binding.RunOnStartup ?? false),
        "HTTPTRIGGER" => new FunctionTrigger.Http(
            (binding.Route ?? name).Trim('/'), [.. (binding.Methods ?? []).Select(method => method.ToUpperInvariant())]),
        _ => throw new InvalidDataException($"{name}/function.json: this host has no {binding.Type}."),
    };
}
