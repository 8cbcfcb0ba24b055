// What processes have cost so far, as the kernel counts it.
using System.Globalization;

namespace MailFunctions.Bench.Peers;

/// <summary>Reads /proc: Linux only.</summary>
internal static class ProcessCosts
{
    private const double TicksPerSecond = 100; // USER_HZ, the same on every Linux of today

    /// <summary>Seconds of CPU of a process, in user and kernel, with those of its children: the living and those it has waited for.</summary>
    public static double CpuSeconds(int root) => Tree(root).Sum(process => process.Ticks) / TicksPerSecond;

    /// <summary>Seconds of CPU of the children of this process that have ended.</summary>
    public static double OfEndedChildren()
    {
        var text = File.ReadAllText("/proc/self/stat");
        return text[(text.LastIndexOf(')') + 2)..].Split(' ')[13..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture)) / TicksPerSecond;
    }

    /// <summary>Forgets the most memory that was resident so far, of a process and its children.</summary>
    public static void ResetPeak(int root)
    {
        foreach (var (id, _) in Tree(root))
            File.WriteAllText($"/proc/{id}/clear_refs", "5");
    }

    /// <summary>The most octets that were resident since <see cref="ResetPeak"/>, with its living children's; what they share counts for each.</summary>
    public static long PeakOctets(int root) => Tree(root).Sum(process => Kibibytes(process.Id, "VmHWM:")) * 1_024;

    /// <summary>Octets that are resident now and are not pages of files, which the kernel shares and may drop.</summary>
    public static long OwnOctets(int root) => Tree(root).Sum(process => Kibibytes(process.Id, "RssAnon:") + Kibibytes(process.Id, "RssShmem:")) * 1_024;

    /// <summary>What a process holds now, without its children.</summary>
    /// <exception cref="IOException">It has ended.</exception>
    public static ProcessSample Now(int id) => new(
        Kibibytes(id, "VmRSS:") * 1_024, Kibibytes(id, "RssAnon:") * 1_024, Directory.GetFiles($"/proc/{id}/fd").Length,
        Directory.GetDirectories($"/proc/{id}/task").Length, (Read(id) ?? throw new IOException($"Process {id} has ended.")).Ticks / TicksPerSecond);

    private static List<(int Id, long Ticks)> Tree(int root)
    {
        var processes = new Dictionary<int, (int Parent, long Ticks)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Read(id) is { } found)
                processes[id] = found;
        }
        return [.. processes.Where(process => IsBelow(process.Key)).Select(process => (process.Key, process.Value.Ticks))];

        bool IsBelow(int id)
        {
            while (id != root && processes.TryGetValue(id, out var process))
                id = process.Parent;
            return id == root;
        }
    }

    private static long Kibibytes(int id, string name)
    {
        var line = File.ReadLines($"/proc/{id}/status").Single(line => line.StartsWith(name, StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

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

/// <summary>What a process holds at a moment.</summary>
/// <param name="Resident">Octets in memory.</param>
/// <param name="Anonymous">Those of them that are no pages of files.</param>
/// <param name="Files">Open files and sockets.</param>
/// <param name="Threads">Threads.</param>
/// <param name="CpuSeconds">Seconds of CPU so far.</param>
internal readonly record struct ProcessSample(long Resident, long Anonymous, int Files, int Threads, double CpuSeconds);
