// What Azure documents as the most that it takes, as of 2026.
namespace MailFunctions.Mailctl.Scaling;

/// <summary>
/// The limits of one account, one queue and one function app. They are targets at high load and not promises, and support raises some of them on
/// request. Octets and requests are per second.
/// </summary>
internal static class AzureLimits
{
    /// <summary>Requests to one storage account (learn.microsoft.com/azure/storage/common/scalability-targets-standard-account, 2026).</summary>
    public const double AccountRequests = 20_000;

    /// <summary>The same in the larger regions that the page names.</summary>
    public const double AccountRequestsInLargeRegion = 40_000;

    /// <summary>Octets into one account: 25 Gbit/s (same page).</summary>
    public const double AccountIngress = 25e9 / 8;

    /// <summary>The same in a larger region: 60 Gbit/s.</summary>
    public const double AccountIngressInLargeRegion = 60e9 / 8;

    /// <summary>Octets out of one account: 50 Gbit/s (same page).</summary>
    public const double AccountEgress = 50e9 / 8;

    /// <summary>The same in a larger region: 200 Gbit/s.</summary>
    public const double AccountEgressInLargeRegion = 200e9 / 8;

    /// <summary>Messages of 1 KiB through one queue (learn.microsoft.com/azure/storage/queues/scalability-targets, 2026).</summary>
    public const double QueueMessages = 2_000;

    /// <summary>Messages of 1 KiB through all queues of an account (same page).</summary>
    public const double AccountMessages = 20_000;

    /// <summary>Instances of one function app, for each of its queue functions (learn.microsoft.com/azure/azure-functions/flex-consumption-plan, 2025).</summary>
    public const double FlexInstances = 1_000;

    /// <summary>Cores of all Flex apps of a subscription in a region, until support raises it (same page).</summary>
    public const double FlexCores = 250;

    /// <summary>Cores of an instance of 512 MB, which is the size that infra/modules/functions.bicep asks for (same page).</summary>
    public const double CoresPerInstance = 0.25;

    /// <summary>Entries of one page of List Blobs (learn.microsoft.com/rest/api/storageservices/list-blobs, 2026).</summary>
    public const int ListPage = 5_000;
}
