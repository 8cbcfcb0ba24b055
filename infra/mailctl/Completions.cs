// mailctl completions
using System.CommandLine;
using System.Text;

namespace MailFunctions.Mailctl;

/// <summary>Prints what a shell has to read so that the Tab key completes verbs and options: the shell asks mailctl itself.</summary>
internal sealed class Completions() : StoragelessVerb(
    "completions", "Prints a script that completes mailctl's verbs and options in bash, and in zsh after 'autoload -U bashcompinit && bashcompinit'.",
    "eval \"$(mailctl completions)\"")
{
    private const string Script = """
        _mailctl() {
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "${COMP_WORDS[COMP_CWORD]}"))
        }
        complete -o default -F _mailctl mailctl

        """;

    /// <inheritdoc/>
    public override Task<Answer> AnswerAsync(ParseResult arguments, CancellationToken cancellationToken) =>
        Task.FromResult<Answer>(new Answer.Content(new ReadOnlyMemory<byte>[] { Encoding.ASCII.GetBytes(Script.ReplaceLineEndings("\n")) }.ToAsyncEnumerable()));
}
