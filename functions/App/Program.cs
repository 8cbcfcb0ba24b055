// Entry point of the function app: started by the Functions host as its custom handler.
using MailFunctions.App;

try
{
    return await FunctionApp.RunAsync(FunctionApp.Build(args, StoreRegistration.Add));
}
catch (Exception error)
{
    // The last place that can say why: a wrong setting in one line, anything else with its trace.
    await Console.Error.WriteLineAsync(error is Microsoft.Extensions.Options.OptionsValidationException ? error.Message : error.ToString());
    return 1;
}
