// Asks before something is done that cannot be undone.
using System.CommandLine;
using System.Text;

namespace MailFunctions.Mailctl;

/// <summary>A question to which only <c>yes</c> is a yes. Where nobody can be asked, the command line must have said so.</summary>
internal static class Confirmation
{
    private const int MaxLength = 100;

    /// <summary>The option that answers beforehand.</summary>
    public static Option<bool> Option() => new("--yes") { Description = "Do it without asking." };

    /// <summary>Asks on standard error.</summary>
    /// <returns>Null if it is to be done; else what to answer.</returns>
    public static async Task<Answer?> AskAsync(Workstation workstation, string question, bool yes, CancellationToken cancellationToken)
    {
        if (yes)
            return null;
        if (!workstation.InputIsTerminal)
            return new Answer.Misused("this cannot be undone, and nobody can be asked here: give --yes if it is meant.");
        await workstation.Error.WriteAsync($"{question} Type yes: ");
        await workstation.Error.FlushAsync(cancellationToken);
        return await ReadLineAsync(workstation.Input, cancellationToken) == "yes" ? null : new Answer.Refused("nothing was changed.");
    }

    private static async Task<string> ReadLineAsync(Stream input, CancellationToken cancellationToken)
    {
        var line = new byte[MaxLength];
        var length = 0;
        while (length < line.Length && line.AsSpan(0, length).IndexOf((byte)'\n') < 0
            && await input.ReadAsync(line.AsMemory(length), cancellationToken) is > 0 and var count)
        {
            length += count;
        }
        return Encoding.UTF8.GetString(line, 0, length).Trim();
    }
}
