// A message of a long run: its id says all of its content, so that whoever gets a copy knows what must be in it.
using System.Globalization;
using System.Text;

namespace MailFunctions.Bench.Soak;

/// <summary>A message whose subject is its id, which ends with its length.</summary>
internal sealed class NumberedMessage
{
    private const string SubjectField = "\r\nSubject: ";
    private const string Filler = " all work and no play makes a dull message of many lines";

    private NumberedMessage(string id, int octets)
    {
        Id = id;
        var text = new StringBuilder(octets + 200)
            .Append("From: <load@load.test>\r\nTo: undisclosed-recipients:;\r\nDate: Tue, 3 Feb 2026 12:00:05 +0000\r\nMessage-ID: <")
            .Append(id).Append("@load.test>").Append(SubjectField).Append(id).Append("\r\n\r\n");
        for (var line = 0; text.Length < octets; line++)
            text.Append(line % 7 == 0 ? "." : "").Append(id).Append(CultureInfo.InvariantCulture, $" {line}").Append(Filler).Append("\r\n");
        Content = text.ToString();
    }

    /// <summary>Its id: no other message has it.</summary>
    public string Id { get; }

    /// <summary>Header and body, lines ending with CR LF.</summary>
    public string Content { get; }

    /// <summary>Makes one.</summary>
    /// <param name="series">What tells this run's messages from another's; letters.</param>
    /// <param name="number">Its number.</param>
    /// <param name="octets">About how long it is.</param>
    public static NumberedMessage Make(string series, int number, int octets) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{series}-{number}-{octets}"), octets);

    /// <summary>The content as it goes over the wire after DATA, with the line that ends it.</summary>
    public byte[] ToWire() => Encoding.Latin1.GetBytes(Content.Replace("\r\n.", "\r\n..", StringComparison.Ordinal) + ".\r\n");

    /// <summary>Reads the id of a copy, and whether the copy is what was sent, below what stands on top of it.</summary>
    public static (string Id, bool IsWhole) Read(string copy)
    {
        var start = copy.IndexOf(SubjectField, StringComparison.Ordinal) + SubjectField.Length;
        if (start < SubjectField.Length)
            return ("", false);
        var id = copy[start..copy.IndexOf("\r\n", start, StringComparison.Ordinal)];
        var isOurs = int.TryParse(id[(id.LastIndexOf('-') + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var octets);
        return (id, isOurs && copy.EndsWith(new NumberedMessage(id, octets).Content, StringComparison.Ordinal));
    }
}
