// mailctl parked show
using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl.Parked;

/// <summary>Shows one thing that is parked; a queue text is shown here and nowhere else, since it may be what has to be judged.</summary>
internal sealed class ParkedShow : Verb
{
    private const int MaxTextShown = 1000;

    private readonly Argument<string[]> _name = ParkedNames.Of(ArgumentArity.ExactlyOne);

    public ParkedShow()
        : base("show", "Shows one thing that is parked, with the queue text if it is one.", "mailctl parked show 019c0000000070008000000000000000") =>
        Add(_name);

    /// <inheritdoc/>
    public override async Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken)
    {
        var name = arguments.GetRequiredValue(_name)[0];
        return await stores.ParkedRecords.FindAsync(name, cancellationToken) is { } parked
            ? new Answer.Done(new ParkedShowReport(parked.Name, parked.At, parked.Queue, parked.Reason, parked.Text is { } text ? Escape(text.Span) : null))
            : new Answer.Refused(ParkedNames.NotParked(name));
    }

    // Whatever it is, a terminal must not obey it.
    private static string Escape(ReadOnlySpan<byte> text)
    {
        var shown = new StringBuilder();
        foreach (var octet in text[..Math.Min(text.Length, MaxTextShown)])
        {
            if (octet is >= (byte)' ' and <= (byte)'~' and not (byte)'\\')
                shown.Append((char)octet);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\x{octet:x2}");
        }
        return text.Length > MaxTextShown ? shown.Append("...").ToString() : shown.ToString();
    }
}

/// <summary>One parked thing.</summary>
/// <param name="Name">The message's spool id, or a hash of a queue text that names none.</param>
/// <param name="At">When it was parked.</param>
/// <param name="Queue">The queue of such a text; null for a message.</param>
/// <param name="Reason">Why it cannot be processed.</param>
/// <param name="Text">The text, other than printable ASCII as <c>\xhh</c>; null for a message.</param>
internal sealed record ParkedShowReport(string Name, DateTimeOffset? At, string? Queue, string Reason, string? Text) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.ParkedShowReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintLine($"{Name}, parked at {At?.ForPeople() ?? "an unknown time"}: {Reason}");
        if (Text is not null)
            console.PrintLine($"From queue {Queue ?? "?"}: {Text}");
        else
            console.PrintLine($"'mailctl queue show {Name}' shows the message.");
    }
}
