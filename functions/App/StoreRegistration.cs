// Names the storage that the pipeline runs on.
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.App;

/// <summary>The one place where the program chooses what implements the stores.</summary>
internal static class StoreRegistration
{
    /// <summary>Adds every store of <see cref="MailFunctions.Mail.Stores"/>.</summary>
    public static void Add(IServiceCollection services, IConfiguration configuration) =>
        services.AddMailStorage(configuration, configuration["DOTNET_ENVIRONMENT"] ?? Environments.Production).AddSingleton<IRemovedAccounts, NoRemovedAccounts>();
}
