// Standard output for what a person or a program is to read, standard error for everything else.
namespace MailFunctions.Local;

/// <summary>Where the local run writes.</summary>
/// <param name="answers">Standard output: the announcement and the ready line, nothing else.</param>
/// <param name="lines">Standard error: what the programs say, each line under their name.</param>
internal sealed class Output(TextWriter answers, TextWriter lines)
{
    /// <summary>Writes a line of the announcement.</summary>
    public void Announce(string line) => answers.WriteLine(line);

    /// <summary>Writes a line of a program.</summary>
    public void Tell(string program, string line) => lines.WriteLine($"{program,-9} | {line}");
}
