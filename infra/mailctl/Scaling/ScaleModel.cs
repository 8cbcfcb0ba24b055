// From a second's mail to what it asks of storage, queues and machines: arithmetic and nothing else.
using MailFunctions.Mail.Traces;

namespace MailFunctions.Mailctl.Scaling;

/// <summary>What a workload comes to, per second.</summary>
internal static class ScaleModel
{
    private const double Kilobyte = 1_024;

    /// <summary>Reckons. Linear in the messages a second, except for what waits: that is there whatever comes in.</summary>
    public static ScaleReport Of(Workload work)
    {
        var rate = work.MessagesPerSecond;
        var octets = work.Kilobytes * Kilobyte;
        var relayed = rate * work.Relayed;
        var local = rate - relayed;
        var copies = local * work.Recipients;
        var sessions = copies * work.Fetches;
        var read = work.Fetches > 0 ? copies : 0;
        var pages = Math.Max(1, Math.Ceiling(work.MailboxMessages / AzureLimits.ListPage));
        var inVain = relayed * work.InVain;
        var looks = work.Waiting / Measured.LongestWait;

        var calls = new CallRates()
            .Add(local, MessageCalls.Local).Add(copies - local, MessageCalls.FurtherCopy).Add(relayed, MessageCalls.Relayed)
            .Add(inVain, MessageCalls.Due).Add(inVain, MessageCalls.AttemptInVain)
            .Add(looks, MessageCalls.Due).Add(looks, MessageCalls.LookInVain)
            .Add(sessions, MessageCalls.Session).Add(sessions * (pages - 1), ["List Blobs"])
            .Add(read, MessageCalls.Retrieval).Add(read, MessageCalls.Removal);
        // A message goes in once, comes out to be routed, in again as each copy, and out again whenever it is relayed or read.
        var ingress = calls.Total * Measured.RecordOctets + (rate + copies) * octets;
        var egress = calls.Total * Measured.RecordOctets + (rate + relayed + inVain + read) * octets
            + sessions * work.MailboxMessages * Measured.ListEntryOctets;

        var megabytes = work.Kilobytes / Kilobyte;
        var gatewayCores = rate * (Measured.GatewaySeconds + megabytes * Measured.GatewaySecondsPerMegabyte) / 1_000;
        var secondsEach = (Measured.FunctionSeconds + megabytes * Measured.FunctionSecondsPerMegabyte) / 1_000;
        var call = work.CallMilliseconds / 1_000;
        var route = Instances(rate, secondsEach, call * MessageCalls.Delivery.Count);
        // CPU of relaying was not measured: an attempt reads, parses nothing, and writes as much as a delivery; it is taken for as much.
        var attempts = Instances(
            relayed + inVain, secondsEach, call * MessageCalls.AttemptInVain.Count + work.DeliveryMilliseconds / 1_000);
        var relay = attempts + Instances(looks, 0, call * MessageCalls.LookInVain.Count);

        var isLarge = work.IsInLargeRegion;
        ScaleLimit[] limits =
        [
            new("requests to the account", calls.Total, isLarge ? AzureLimits.AccountRequestsInLargeRegion : AzureLimits.AccountRequests),
            new("octets into the account", ingress, isLarge ? AzureLimits.AccountIngressInLargeRegion : AzureLimits.AccountIngress),
            new("octets out of the account", egress, isLarge ? AzureLimits.AccountEgressInLargeRegion : AzureLimits.AccountEgress),
            new("messages into queue accepted", rate, AzureLimits.QueueMessages),
            new("messages into queue relay", relayed + inVain + looks, AzureLimits.QueueMessages),
            new("messages into all queues", rate + relayed + inVain + looks, AzureLimits.AccountMessages),
            new("entries that the retry tick moves", inVain + looks, Measured.RetryAtOnce / (call * MessageCalls.Due.Count) * Measured.RetryShare),
            new("instances of RouteMessage", route, AzureLimits.FlexInstances),
            new("instances of RelayMessage", relay, AzureLimits.FlexInstances),
            new("function cores of the subscription", (Math.Ceiling(route) + Math.Ceiling(relay)) * AzureLimits.CoresPerInstance, AzureLimits.FlexCores),
        ];
        return new ScaleReport(
            work, calls, ingress, egress, limits, gatewayCores, Math.Max(2, (int)Math.Ceiling(gatewayCores / Measured.UsableShare)), (int)Math.Ceiling(route),
            (int)Math.Ceiling(relay));
    }

    // Whichever needs more: the CPU, or the places while storage and others are waited for.
    private static double Instances(double rate, double cpuSeconds, double seconds) => Math.Max(
        rate * cpuSeconds / (AzureLimits.CoresPerInstance * Measured.UsableShare), rate * seconds / Measured.AtOncePerInstance);
}

/// <summary>Calls a second, in the classes by which they are paid for.</summary>
internal sealed record CallRates
{
    /// <summary>Blob writes.</summary>
    public double Writes { get; private init; }

    /// <summary>Blob lists.</summary>
    public double Lists { get; private init; }

    /// <summary>Blob reads.</summary>
    public double Reads { get; private init; }

    /// <summary>Leases, and looks at properties.</summary>
    public double Others { get; private init; }

    /// <summary>Blob deletions.</summary>
    public double Deletions { get; private init; }

    /// <summary>Queue calls.</summary>
    public double QueueCalls { get; private init; }

    /// <summary>All of them.</summary>
    public double Total => Writes + Lists + Reads + Others + Deletions + QueueCalls;

    /// <summary>These, and a list of calls so many times a second.</summary>
    public CallRates Add(double times, IReadOnlyList<string> calls)
    {
        StorageUse use = MessageCalls.Classes(calls);
        return new CallRates
        {
            Writes = Writes + times * use.Writes, Lists = Lists + times * use.Lists, Reads = Reads + times * use.Reads,
            Others = Others + times * use.Others, Deletions = Deletions + times * use.Deletions, QueueCalls = QueueCalls + times * use.QueueCalls,
        };
    }
}
