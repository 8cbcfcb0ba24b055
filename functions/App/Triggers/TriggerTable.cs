// Which function calls which stage of the pipeline: one line each.
using System.Collections.Frozen;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Pipeline.TlsReports;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Triggers;

/// <summary>The functions by the target at which the host calls them: a slash and the name of the function's folder.</summary>
internal static class TriggerTable
{
    /// <summary>The table. A trigger is made when it is called, so that starting costs nothing.</summary>
    public static FrozenDictionary<string, Func<IServiceProvider, ITrigger>> ByTarget { get; } = new Dictionary<string, Func<IServiceProvider, ITrigger>>
    {
        ["/RouteMessage"] = services => new QueueTrigger("accepted", services.GetRequiredService<RouteMessage>().RunAsync),
        ["/RelayMessage"] = services => new QueueTrigger("relay", services.GetRequiredService<RelayMessage>().RunAsync),
        ["/ParkPoisonedAccepted"] = services => Poisoned(services, WorkQueue.Accepted),
        ["/ParkPoisonedRelay"] = services => Poisoned(services, WorkQueue.Relay),
        ["/RetryDeferred"] = services => new TimerTrigger((_, cancel) => services.GetRequiredService<RetryDeferred>().RunAsync(cancel)),
        ["/RenewCertificate"] = services => new TimerTrigger((_, cancel) => services.GetRequiredService<RenewCertificate>().RunAsync(cancel)),
        ["/ReportTls"] = services => new TimerTrigger((_, cancel) => services.GetRequiredService<ReportTls>().RunAsync(cancel)),
        ["/SweepSpool"] = services => new TimerTrigger(services.GetRequiredService<SweepSpool>().RunAsync),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static QueueTrigger Poisoned(IServiceProvider services, WorkQueue queue) =>
        new(queue == WorkQueue.Accepted ? "accepted-poison" : "relay-poison", async (text, cancel) =>
        {
            await services.GetRequiredService<ParkPoisoned>().RunAsync(queue, text, cancel);
            return Ending.Done;
        });
}
