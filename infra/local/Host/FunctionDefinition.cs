// A function as its function.json declares it.
namespace MailFunctions.Local.Host;

/// <summary>A function: the name of its folder, and what starts it.</summary>
/// <param name="Name">The folder's name, which is also the path that the worker is called at.</param>
/// <param name="BindingName">What the trigger's value is called in the request.</param>
/// <param name="Trigger">What starts it.</param>
internal sealed record FunctionDefinition(string Name, string BindingName, FunctionTrigger Trigger);

/// <summary>What starts a function.</summary>
internal abstract record FunctionTrigger
{
    private FunctionTrigger()
    {
    }

    /// <summary>A message in a storage queue.</summary>
    /// <param name="QueueName">The queue, with settings resolved.</param>
    /// <param name="ConnectionString">How to reach its storage account.</param>
    /// <param name="IsBinary">Whether the worker gets the bytes (<c>dataType: binary</c>) or the text.</param>
    internal sealed record Queue(string QueueName, string ConnectionString, bool IsBinary) : FunctionTrigger;

    /// <summary>A schedule.</summary>
    internal sealed record Timer(TimerSchedule Schedule, bool UseMonitor, bool RunOnStartup) : FunctionTrigger;

    /// <summary>A request to a route.</summary>
    /// <param name="Route">The route template without prefix.</param>
    /// <param name="Methods">The methods it takes, in upper case; empty for all.</param>
    internal sealed record Http(string Route, IReadOnlyList<string> Methods) : FunctionTrigger;
}
