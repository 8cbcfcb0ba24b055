// What happened in a run, in order.
using System.Security.Cryptography;
using System.Text;

namespace MailFunctions.Simulation.Engine;

/// <summary>The events with their times. Its hash tells whether two runs were the same.</summary>
internal sealed class EventLog(TimeProvider time, bool keeps)
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<string> _lines = [];

    /// <summary>The events, if they are kept.</summary>
    public IReadOnlyList<string> Lines => _lines;

    /// <summary>The hash of all events so far.</summary>
    public string Hash => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Notes an event.</summary>
    public void Add(string what)
    {
        var line = $"{time.GetUtcNow():dd HH:mm:ss.fff} {what}\n";
        _hash.AppendData(Encoding.UTF8.GetBytes(line));
        if (keeps)
            _lines.Add(line);
    }
}
