// The names of what is parked, as operators give them.
using System.Buffers;
using System.CommandLine;

namespace MailFunctions.Mailctl.Parked;

/// <summary>Makes the operand of the verbs on parked things.</summary>
internal static class ParkedNames
{
    // What could lead elsewhere in an address of storage, a slash or a dot, is in none of our names.
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz-_");

    /// <summary>One name or several.</summary>
    public static Argument<string[]> Of(ArgumentArity arity) => new("NAME")
    {
        Description = "The name, as 'mailctl parked list' shows it: a message's id, or the hash of a queue text.",
        Arity = arity,
        CustomParser = result =>
        {
            foreach (var token in result.Tokens)
            {
                if (token.Value.Length == 0 || token.Value.AsSpan().ContainsAnyExcept(Characters))
                    result.AddError($"'{token.Value}' is not the name of anything parked: 'mailctl parked list' shows them.");
            }
            return [.. result.Tokens.Select(token => token.Value).Distinct(StringComparer.Ordinal)];
        },
    };

    /// <summary>What to say of a name that nothing has.</summary>
    public static string NotParked(string name) => $"{name}: nothing of that name is parked: 'mailctl parked list' shows what is.";
}
