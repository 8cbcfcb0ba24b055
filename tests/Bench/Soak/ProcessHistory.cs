// What a process has held, minute by minute, and whether that has grown.
using System.Globalization;
using MailFunctions.Bench.Peers;

namespace MailFunctions.Bench.Soak;

/// <summary>
/// The process that <paramref name="find"/> names; that it is another one later is a fault of its own. Of each minute the median of several looks is kept.
/// </summary>
internal sealed class ProcessHistory(string name, Func<int> find)
{
    private const double Mebibyte = 1_048_576;
    private const double MostGrowth = 1.05;
    private const int FewFiles = 5; // connections come and go

    private readonly int _id = find();
    private readonly List<ProcessSample> _looks = [];
    private readonly List<ProcessSample> _minutes = [];
    private double _cpu;

    /// <summary>Looks at it once.</summary>
    /// <exception cref="InvalidOperationException">It has ended since the last look.</exception>
    public void Look()
    {
        if (find() != _id)
            throw new InvalidOperationException($"The {name} has ended by itself.");
        _looks.Add(ProcessCosts.Now(_id));
    }

    /// <summary>Ends a minute.</summary>
    /// <returns>What is to be told of it.</returns>
    public string EndMinute()
    {
        var minute = new ProcessSample(
            Median(_looks, look => look.Resident), Median(_looks, look => look.Anonymous), (int)Median(_looks, look => look.Files),
            (int)Median(_looks, look => look.Threads), _looks[^1].CpuSeconds);
        _looks.Clear();
        _minutes.Add(minute);
        var spent = minute.CpuSeconds - _cpu;
        _cpu = minute.CpuSeconds;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{name} {minute.Resident / Mebibyte:F1} MiB, {minute.Anonymous / Mebibyte:F1} anonymous, "
                + $"{minute.Files} files, {minute.Threads} threads, {spent:F1} s");
    }

    /// <summary>Compares the last sixth of the minutes with the sixth that follows the first: the first is to warm up.</summary>
    /// <returns>What is to be told, and whether nothing has grown.</returns>
    public (string Told, bool IsFlat) Judge()
    {
        var sixth = _minutes.Count / 6;
        var (early, late) = (_minutes.GetRange(sixth, sixth), _minutes.GetRange(_minutes.Count - sixth, sixth));
        var (resident, laterResident) = (Median(early, minute => minute.Resident), Median(late, minute => minute.Resident));
        var (anonymous, laterAnonymous) = (Median(early, minute => minute.Anonymous), Median(late, minute => minute.Anonymous));
        var (files, laterFiles) = (Median(early, minute => minute.Files), Median(late, minute => minute.Files));
        var (threads, laterThreads) = (Median(early, minute => minute.Threads), Median(late, minute => minute.Threads));
        var told = string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {resident / Mebibyte:F1} → {laterResident / Mebibyte:F1} MiB resident, {anonymous / Mebibyte:F1} → {laterAnonymous / Mebibyte:F1} "
                + $"anonymous, {files} → {laterFiles} files, {threads} → {laterThreads} threads, {_cpu:F0} s of CPU");
        var isFlat = laterResident <= resident * MostGrowth && laterAnonymous <= anonymous * MostGrowth && laterFiles <= files * MostGrowth + FewFiles;
        return (isFlat ? told : $"{told}: IT GROWS", isFlat);
    }

    private static long Median(List<ProcessSample> samples, Func<ProcessSample, long> value)
    {
        var sorted = samples.Select(value).Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
