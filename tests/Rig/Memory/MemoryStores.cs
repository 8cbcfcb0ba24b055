// All stores in memory, over one clock and one plan of faults.
namespace MailFunctions.Rig.Memory;

/// <summary>A storage account of its own, in memory.</summary>
public sealed class MemoryStores
{
    public MemoryStores()
    {
        Clock = new MemoryStoreClock(Time);
        Spool = new MemorySpool(Clock, Faults);
        Ledger = new MemoryLedger(Clock, Faults);
        Mailboxes = new MemoryMailboxStore(Clock, Time, Faults);
        Due = new MemoryDueIndex(Clock, Faults);
        Parked = new MemoryParked(Faults);
        Destinations = new MemoryDestinations(Faults);
        StsPolicies = new MemoryStsPolicies(Faults);
        Queue = new MemoryWorkQueue(Faults);
    }

    public ManualTime Time { get; } = new();

    public MemoryStoreClock Clock { get; }

    public StoreFaults Faults { get; } = new();

    public MemorySpool Spool { get; }

    public MemoryLedger Ledger { get; }

    public MemoryMailboxStore Mailboxes { get; }

    public MemoryDueIndex Due { get; }

    public MemoryParked Parked { get; }

    public MemoryWorkQueue Queue { get; }

    public MemoryDestinations Destinations { get; }

    public MemoryStsPolicies StsPolicies { get; }

    public MemoryRemovedAccounts RemovedAccounts { get; } = new();
}
