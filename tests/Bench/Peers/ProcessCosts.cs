// What processes have cost so far, as the kernel counts it.
using System.Globalization;

namespace MailFunctions.Bench.Peers;

/// <summary>Reads /proc: Linux only.</summary>
internal static class ProcessCosts
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux of today

    /// <summary>Seconds of CPU of a process, in user and kernel, with those of its children: the living and those it has waited for.</summary>
    public static double CpuSeconds(int root)
    {
        var processes = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } found)
                processes[id] = found;
        }
        var sum = 0L;
        foreach (var (id, (_, ticks)) in processes)
        {
            var at = id;
            while (at != root && processes.TryGetValue(at, out var process))
                at = process.Parent;
            sum += at == root ? ticks : 0;
        }
        return sum / TicksPerSecond;
    }

    /// <summary>Forgets the most memory that was resident so far.</summary>
    public static void ResetPeak(int id) => File.WriteAllText($"/proc/{id}/clear_refs", "5");

    /// <summary>The most octets that were resident since <see cref="ResetPeak"/>, of a process alone.</summary>
    public static long PeakOctets(int id) => 1_024 * long.Parse(
        File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith("VmHWM:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    private static (int Parent, long Ticks)? Read(int id)
    {
        try
        {
            // The second field is a name in parentheses, which may hold anything.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)); // user, system, and those of children waited for
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), ticks);
        }
        catch (IOException)
        {
            return null; // it has ended in between
        }
    }
}
