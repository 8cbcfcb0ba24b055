// A storage account of a test's own, with everything in it that the system takes for given.
using Azure.Core.Pipeline;
using MailFunctions.Storage;

namespace MailFunctions.Rig;

/// <summary>A fresh account of the test suite's Azurite, laid out, for the tests of one class (an xunit class fixture).</summary>
public sealed class StorageAccount(AzuriteServer azurite) : IAsyncLifetime
{
    /// <summary>How to reach it.</summary>
    public string ConnectionString { get; } = azurite.FreshAccount();

    /// <summary>The stores on it, as a program would have them; calls pass the policies in the order given.</summary>
    public MailStores Open(params HttpPipelinePolicy[] policies) => Open(TimeProvider.System, policies);

    /// <summary>The stores on it, with another clock.</summary>
    public MailStores Open(TimeProvider clock, params HttpPipelinePolicy[] policies) => MailStores.Open(
        new StorageOptions { Storage = ConnectionString }, "Development",
        new StorageSeams { Clock = clock, Jitter = () => 0, Policies = policies });

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        using var stores = Open();
        await stores.Layout.CreateAllAsync(CancellationToken.None);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
