// An operation on storage, drawn at random and small enough to be printed.
namespace MailFunctions.Simulation.Store;

/// <summary>What is done.</summary>
internal enum OperationKind
{
    PutBlob,
    PutBlock,
    PutBlockList,
    GetBlob,
    GetProperties,
    DeleteBlob,
    ListBlobs,
    AcquireLease,
    RenewLease,
    ReleaseLease,
    BreakLease,
    PutMessage,
    GetMessages,
    PeekMessages,
    DeleteMessage,
    UpdateMessage,
    CountMessages,
    CreateContainer,
    CreateQueue,
}

/// <summary>Under which condition.</summary>
internal enum OperationCondition
{
    None,
    IfAbsent,
    IfMatchLatest,
    IfMatchOld,
    IfNoneMatchLatest,
}

/// <summary>One operation.</summary>
/// <param name="Kind">What.</param>
/// <param name="Blob">Which blob.</param>
/// <param name="Condition">Under which condition.</param>
/// <param name="Content">What is written.</param>
/// <param name="Number">A number that means different things: a lease's holder, a page's size, a block's place, a message's index.</param>
/// <param name="IsElsewhere">Whether container or queue are missing.</param>
internal sealed record RandomOperation(OperationKind Kind, string Blob, OperationCondition Condition, string Content, int Number, bool IsElsewhere)
{
    private static readonly OperationKind[] Kinds =
    [
        .. Enum.GetValues<OperationKind>(), OperationKind.PutBlob, OperationKind.PutBlob, OperationKind.PutBlock, OperationKind.PutBlock,
        OperationKind.PutBlockList, OperationKind.GetBlob, OperationKind.DeleteBlob, OperationKind.PutMessage, OperationKind.GetMessages,
        OperationKind.DeleteMessage, OperationKind.AcquireLease,
    ];

    private static readonly string[] Blobs = ["a", "b/1", "b/2", "b/x y", "c%25d", "lock"];

    /// <summary>Draws one.</summary>
    public static RandomOperation Draw(Random chance) => new(
        Kinds[chance.Next(Kinds.Length)], Blobs[chance.Next(Blobs.Length)],
        chance.Next(2) == 0 ? OperationCondition.None : (OperationCondition)chance.Next(5),
        chance.Next(6) == 0 ? "" : new string((char)('a' + chance.Next(26)), chance.Next(1, 200)), chance.Next(4), chance.Next(25) == 0);
}
