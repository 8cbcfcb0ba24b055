// Runs the tests, or simulations when it is asked for some.
using Xunit.Runner.InProc.SystemConsole;

namespace MailFunctions.Simulation;

/// <summary>The program.</summary>
internal static class Program
{
    /// <summary>Starts.</summary>
    public static Task<int> Main(string[] args) => Commands.Knows(args) ? Commands.RunAsync(args) : ConsoleRunner.Run(args);
}
