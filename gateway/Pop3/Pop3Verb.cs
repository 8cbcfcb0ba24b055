// How verbs are called, and the small forms that most of them have.
using MailFunctions.Gateway.Connections;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Pop3;

/// <summary>A verb of one state. It is given the state, so what the state does not have it cannot touch.</summary>
/// <param name="state">The state.</param>
/// <param name="argument">What stands behind the verb and one space; valid until the verb has ended.</param>
/// <param name="cancellationToken">Ends work that takes too long.</param>
internal delegate ValueTask<Pop3Step> Pop3Verb<in TState>(TState state, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken);

/// <summary>Makes rows of verb tables, and looks lines up in them.</summary>
internal static class Pop3Verb
{
    /// <summary>A verb without argument.</summary>
    public static Pop3Verb<TState> Bare<TState>(Func<TState, Pop3Step> verb) =>
        (state, argument, _) => new(argument.IsEmpty ? verb(state) : Pop3Replies.NoArgument);

    /// <summary>A verb without argument that has to wait for storage.</summary>
    public static Pop3Verb<TState> Bare<TState>(Func<TState, CancellationToken, ValueTask<Pop3Step>> verb) =>
        (state, argument, cancellationToken) => argument.IsEmpty ? verb(state, cancellationToken) : new(Pop3Replies.NoArgument);

    /// <summary>A verb with an argument.</summary>
    public static Pop3Verb<TState> WithArgument<TState>(Func<TState, ReadOnlyMemory<byte>, Pop3Step> verb) =>
        (state, argument, _) => new(verb(state, argument));

    /// <summary>Runs the verb that a line begins with; the session of a browser ends at once.</summary>
    public static ValueTask<Pop3Step> RunAsync<TState>(
        this VerbTable<Pop3Verb<TState>> table, TState state, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var verb = table.Find(line.Span, out var argument);
        if (verb is null)
            return new(ForeignProtocol.Speaks(line.Span) ? new Pop3Step.Close(Pop3Replies.NotThisProtocol) : Pop3Replies.UnknownCommand);
        return verb(state, line[^argument.Length..], cancellationToken);
    }
}
