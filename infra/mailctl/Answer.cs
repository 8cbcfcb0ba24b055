// What comes of a verb.
using Spectre.Console;

namespace MailFunctions.Mailctl;

/// <summary>The outcome of a verb.</summary>
internal abstract record Answer
{
    private Answer()
    {
    }

    /// <summary>Done; the report is printed, the warnings go to standard error.</summary>
    public sealed record Done(IReport Report, IReadOnlyList<string> Warnings) : Answer
    {
        /// <summary>Done, and nothing to warn of.</summary>
        public Done(IReport report)
            : this(report, [])
        {
        }
    }

    /// <summary>Done in part: the report tells what was done, and each refusal is a line that says what was not.</summary>
    public sealed record Partly(IReport Report, IReadOnlyList<string> Refusals) : Answer;

    /// <summary>Lines that are made and printed one after the other; refused if one of them is a refusal, done if none is.</summary>
    public sealed record Lines(IAsyncEnumerable<Line> Each) : Answer;

    /// <summary>Octets that are printed as they are, one piece after the other; each is valid until the next is asked for.</summary>
    public sealed record Content(IAsyncEnumerable<ReadOnlyMemory<byte>> Pieces) : Answer;

    /// <summary>Refused, with one line that says what is wrong and what would be right.</summary>
    public sealed record Refused(string Why) : Answer;

    /// <summary>Somebody who is needed does not answer, with one line that says who; the same may work later.</summary>
    public sealed record Unreachable(string Why) : Answer;

    /// <summary>What the operator typed or sent cannot be used.</summary>
    public sealed record Misused(string Why) : Answer;
}

/// <summary>A JSON document on one line.</summary>
/// <param name="Json">The document.</param>
/// <param name="IsRefusal">True if it tells what could not be done.</param>
internal readonly record struct Line(string Json, bool IsRefusal);

/// <summary>What a verb prints when it is done.</summary>
internal interface IReport
{
    /// <summary>One JSON document; its field names stay as they are.</summary>
    string ToJson();

    /// <summary>Prints it for a person.</summary>
    void Print(IAnsiConsole console);
}
