// mailctl: the operator's command line.
using MailFunctions.Mailctl;

return (int)await new CommandLine(Workstation.This()).RunAsync(args, CancellationToken.None);
