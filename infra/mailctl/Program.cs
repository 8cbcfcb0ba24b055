// mailctl: the operator's command line.
namespace MailFunctions.Mailctl;

internal static class Program
{
    private static async Task<int> Main(string[] arguments) =>
        (int)await new CommandLine(Workstation.This()).RunAsync(arguments, CancellationToken.None);
}
