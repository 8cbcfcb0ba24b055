// What is parked, in memory.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.Rig.Memory;

/// <summary>Keeps the first reason for every message, and every unreadable text once.</summary>
public sealed class MemoryParked(StoreFaults faults) : IParked
{
    private readonly Dictionary<string, string> _reasons = [];

    /// <summary>The names of all that is parked.</summary>
    public IReadOnlyCollection<string> Names => _reasons.Keys;

    /// <summary>The texts that name no message.</summary>
    public IReadOnlyCollection<string> Texts { get; } = new HashSet<string>();

    public Task ParkAsync(SpoolId id, string reason, CancellationToken cancellationToken) =>
        faults.CallAsync("Parked.Park", () => { _reasons.TryAdd(id.Text, reason); }, cancellationToken);

    public Task ParkTextAsync(WorkQueue queue, ReadOnlyMemory<byte> text, string reason, CancellationToken cancellationToken) => faults.CallAsync(
        "Parked.ParkText",
        () =>
        {
            ((HashSet<string>)Texts).Add(System.Text.Encoding.Latin1.GetString(text.Span));
            _reasons.TryAdd(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(text.Span)), reason);
        },
        cancellationToken);

    public async IAsyncEnumerable<string> ListAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var name in await faults.CallAsync("Parked.List", () => _reasons.Keys.ToList(), cancellationToken))
            yield return name;
    }
}
