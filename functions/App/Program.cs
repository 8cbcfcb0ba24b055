// Entry point of the function app: started by the Functions host as its custom handler.
using MailFunctions.App;
using MailFunctions.Storage;
using Microsoft.Extensions.Options;

try
{
    var app = FunctionApp.Build(args, StoreRegistration.Add);
    app.Services.GetRequiredService<MailStores>(); // a wrong storage setting is told now, and not at the first message
    return await FunctionApp.RunAsync(app);
}
catch (Exception error)
{
    // The last place that can say why: a wrong setting in one line, anything else with its trace.
    await Console.Error.WriteLineAsync(error is OptionsValidationException or StorageConfigurationException ? error.Message : error.ToString());
    return 1;
}
