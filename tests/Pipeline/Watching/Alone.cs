// For tests that listen to what the whole process counts and traces.
namespace MailFunctions.Pipeline.Watching;

/// <summary>Tests that run when no other does: instruments and span sources belong to the process.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class Alone;
