// The help page, with examples below it.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace MailFunctions.Mailctl;

/// <summary>Prints the usual page and then an example of the verb, or of every verb below a group.</summary>
internal sealed class HelpWithExamples(HelpAction page) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => page.ClearsParseErrors;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        var code = page.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var verb in Verbs(parseResult.CommandResult.Command))
            output.WriteLine($"  {verb.Example}");
        return code;
    }

    private static IEnumerable<Verb> Verbs(Command command) => command is Verb verb ? [verb] : command.Subcommands.SelectMany(Verbs);
}
