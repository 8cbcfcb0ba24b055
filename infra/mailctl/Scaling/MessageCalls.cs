// What a message and a POP3 session ask of storage, call by call.
using MailFunctions.Mail.Traces;

namespace MailFunctions.Mailctl.Scaling;

/// <summary>
/// The calls by the names of the service's documentation. The tests in tests/Pipeline/Budgets.cs count what the programs really ask, and compare it with
/// these lists: whatever reckons with them, reckons with what was counted. A call whose answer is lost and that is made again is not in them.
/// </summary>
internal static class MessageCalls
{
    /// <summary>The gateway's, to take in a message of one block.</summary>
    public static readonly IReadOnlyList<string> Intake = ["Put Blob", "Put Message"];

    /// <summary>To deliver it to one mailbox.</summary>
    public static readonly IReadOnlyList<string> Delivery = ["Get Messages", "Get Blob", "Put Blob", "Delete Blob", "Delete Message"];

    /// <summary>To deliver it to one mailbox more.</summary>
    public static readonly IReadOnlyList<string> FurtherCopy = ["Put Blob"];

    /// <summary>To find out that it is for another domain.</summary>
    public static readonly IReadOnlyList<string> Routing = ["Get Messages", "Get Blob", "Put Blob", "Put Message", "Delete Message"];

    /// <summary>To hand it over to the other domain.</summary>
    public static readonly IReadOnlyList<string> Relaying =
        ["Get Messages", "Get Blob", "Put Blob", "Get Blob", "Delete Blob", "Delete Blob", "Delete Message"];

    /// <summary>The retry tick's, for one destination of a message that is due; its lists, one for a thousand entries, are not counted here.</summary>
    public static readonly IReadOnlyList<string> Due = ["Put Message", "Delete Blob"];

    /// <summary>To try it in vain at a server that answers: it waits again.</summary>
    public static readonly IReadOnlyList<string> AttemptInVain =
        ["Get Messages", "Get Blob", "Put Blob", "Get Blob", "Put Blob", "Put Blob", "Delete Message"];

    /// <summary>To find out that it is not to be tried yet, because its site is down.</summary>
    public static readonly IReadOnlyList<string> LookInVain = ["Get Messages", "Get Blob", "Put Blob", "Delete Message"];

    /// <summary>To log in to a maildrop and leave it again, with all there is to see of up to 5,000 messages.</summary>
    public static readonly IReadOnlyList<string> Session =
        ["Get Blob", "Lease Blob acquire", "List Blobs", "Lease Blob release"];

    /// <summary>To read one of its messages.</summary>
    public static readonly IReadOnlyList<string> Retrieval = ["Get Blob"];

    /// <summary>To delete one that is older than ten minutes.</summary>
    public static readonly IReadOnlyList<string> Removal = ["Get Blob Properties", "Delete Blob"];

    /// <summary>A local message from its first call to its last.</summary>
    public static IReadOnlyList<string> Local => [.. Intake, .. Delivery];

    /// <summary>A relayed message that is taken at the first attempt.</summary>
    public static IReadOnlyList<string> Relayed => [.. Intake, .. Routing, .. Relaying];

    /// <summary>Calls in the classes by which they are paid for.</summary>
    public static StorageUse Classes(IEnumerable<string> calls) => calls.Aggregate(default(StorageUse), (use, call) => call switch
    {
        "List Blobs" => use with { Lists = use.Lists + 1 },
        "Delete Blob" => use with { Deletions = use.Deletions + 1 },
        "Get Blob" => use with { Reads = use.Reads + 1 },
        "Put Blob" or "Put Block" or "Put Block List" => use with { Writes = use.Writes + 1 },
        _ when call.EndsWith("Message", StringComparison.Ordinal) || call.EndsWith("Messages", StringComparison.Ordinal) =>
            use with { QueueCalls = use.QueueCalls + 1 },
        _ => use with { Others = use.Others + 1 },
    });
}
