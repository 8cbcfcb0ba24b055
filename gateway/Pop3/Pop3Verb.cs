// How verbs are called, and the small forms that most of them have.
using MailFunctions.Gateway.Connections;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Pop3;

/// <summary>A verb of one state. It is given the state, so what the state does not have it cannot touch.</summary>
/// <param name="state">The state.</param>
/// <param name="argument">What stands behind the verb and one space; valid until the verb has ended.</param>
/// <param name="cancellationToken">Ends work that takes too long.</param>
internal delegate ValueTask<Pop3Step> RunPop3Verb<in TState>(TState state, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken);

/// <summary>A verb's rule, and what it does in one state where the rule allows it.</summary>
internal sealed record Pop3Verb<TState>(Pop3Rule Rule, RunPop3Verb<TState> RunAsync)
    where TState : Pop3State
{
    /// <summary>A verb that looks at its argument.</summary>
    public Pop3Verb(Pop3Rule rule, Func<TState, ReadOnlyMemory<byte>, Pop3Step> run)
        : this(rule, (state, argument, _) => new(run(state, argument)))
    {
    }

    /// <summary>A verb without argument.</summary>
    public Pop3Verb(Pop3Rule rule, Func<TState, Pop3Step> run)
        : this(rule, (state, _, _) => new(run(state)))
    {
    }

    /// <summary>A verb without argument that has to wait for storage.</summary>
    public Pop3Verb(Pop3Rule rule, Func<TState, CancellationToken, ValueTask<Pop3Step>> run)
        : this(rule, (state, _, cancellationToken) => run(state, cancellationToken))
    {
    }
}

/// <summary>The verbs of one state: those that the rules know there, no more and no fewer.</summary>
internal sealed class Pop3Verbs<TState>
    where TState : Pop3State
{
    private readonly VerbTable<Pop3Verb<TState>> _table;

    /// <exception cref="InvalidOperationException">The rules know others there: a bug.</exception>
    public Pop3Verbs(Pop3Places place, params Pop3Verb<TState>[] verbs)
    {
        if (!Pop3Rules.All.Where(rule => rule.Places.HasFlag(place)).ToHashSet().SetEquals(verbs.Select(verb => verb.Rule)))
            throw new InvalidOperationException($"The verbs of {place} are not those of its rules.");
        _table = new(verbs.Select(verb => KeyValuePair.Create(verb.Rule.Verb, verb)));
    }

    /// <summary>Runs the verb that a line begins with, or says why not; the session of a browser ends at once.</summary>
    public ValueTask<Pop3Step> RunAsync(TState state, ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        var verb = _table.Find(line.Span, out var argument);
        if (verb is null)
            return new(ForeignProtocol.Speaks(line.Span) ? new Pop3Step.Close(Pop3Replies.NotThisProtocol) : Pop3Replies.UnknownCommand);
        return verb.Rule.Refuse(state.Facts, hasArgument: !argument.IsEmpty) is { } refusal
            ? new(refusal)
            : verb.RunAsync(state, line[^argument.Length..], cancellationToken);
    }
}
