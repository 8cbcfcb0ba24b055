// mailctl completions, as bash uses them.
using System.Diagnostics;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class CompletionTests
{
    [Theory]
    [InlineData("mailctl mailbox re", "restore")]
    [InlineData("mailctl queue ho", "hold")]
    [InlineData("mailctl mailbox restore --a", "--all")]
    [InlineData("mailctl mailbox zz", "")]
    public async Task Bash_completes_what_is_typed(string typed, string completed)
    {
        var script = $"""
            mailctl() {MailctlProcess.AsShellFunction}
            eval "$(mailctl completions)"
            COMP_LINE='{typed}'; COMP_POINT={typed.Length}; COMP_WORDS=($COMP_LINE); COMP_CWORD={typed.Split(' ').Length - 1}
            _mailctl
            printf '%s\n' "$(complete -p mailctl)" "{"${COMPREPLY[*]}"}"
            """;
        using var bash = Process.Start(new ProcessStartInfo("bash", ["-c", script.ReplaceLineEndings("\n")]) { RedirectStandardOutput = true })!;
        var lines = (await bash.StandardOutput.ReadToEndAsync()).Split('\n');

        Assert.Equal(["complete -o default -F _mailctl mailctl", completed], lines.Take(2));
    }
}
