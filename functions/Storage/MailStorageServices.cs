// The stores as services of a program that has a container of services.
using MailFunctions.Mail.Stores;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Storage;

/// <summary>Registers the stores.</summary>
public static class MailStorageServices
{
    /// <summary>
    /// Registers <see cref="MailStores"/> and every store of it as singletons, from the configuration key <see cref="StorageOptions.Key"/>. A
    /// <see cref="StorageSeams"/> or <see cref="TimeProvider"/> that is registered is used.
    /// </summary>
    /// <exception cref="StorageConfigurationException">When the stores are first asked for: nothing is configured, or nothing that can be used.</exception>
    public static IServiceCollection AddMailStorage(this IServiceCollection services, IConfiguration configuration, IHostEnvironment environment)
    {
        services.AddSingleton(provider => MailStores.Open(
            new StorageOptions { Storage = configuration[StorageOptions.Key] }, environment.EnvironmentName,
            provider.GetService<StorageSeams>() ?? new StorageSeams
            {
                Clock = provider.GetService<TimeProvider>() ?? TimeProvider.System,
                Loggers = provider.GetRequiredService<ILoggerFactory>(),
            }));
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Clock);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Spool);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Ledgers);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Due);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Mailboxes);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Destinations);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().StsPolicies);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Parked);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Queues);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().Directory);
        services.AddSingleton(provider => provider.GetRequiredService<MailStores>().RemovedAccounts);
        services.AddSingleton<IDkimKeys>(provider => provider.GetRequiredService<MailStores>().DkimKeys);
        services.AddSingleton<IDirectory>(provider => provider.GetRequiredService<MailStores>().Directory);
        return services;
    }

    /// <summary>Registers the trace of a program, which is written while its host runs.</summary>
    /// <param name="services">The services, with the stores.</param>
    /// <param name="program">The program's name: small letters.</param>
    public static IServiceCollection AddMailTrace(this IServiceCollection services, string program)
    {
        services.AddSingleton(provider => new BlobTrace(
            provider.GetRequiredService<MailStores>(), program, provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<BlobTrace>>()));
        services.AddSingleton<ITrace>(provider => provider.GetRequiredService<BlobTrace>());
        services.AddHostedService(provider => provider.GetRequiredService<BlobTrace>());
        services.AddSingleton<ITraceReader>(provider => provider.GetRequiredService<MailStores>().Trace);
        return services;
    }
}
