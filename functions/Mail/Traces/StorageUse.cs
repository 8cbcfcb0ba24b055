// How much of the storage service was used.
namespace MailFunctions.Mail.Traces;

/// <summary>Requests in the classes by which they are paid for, and octets.</summary>
/// <param name="Writes">Requests that write blobs.</param>
/// <param name="Lists">Requests that list or create containers, or list blobs.</param>
/// <param name="Reads">Requests that read blobs.</param>
/// <param name="Others">Other requests about blobs, leases for example, except deletions.</param>
/// <param name="Deletions">Deletions of blobs, which cost nothing.</param>
/// <param name="QueueCalls">Requests about queues.</param>
/// <param name="OctetsUp">Octets sent in bodies.</param>
/// <param name="OctetsDown">Octets received in bodies, as announced.</param>
public readonly record struct StorageUse(
    long Writes, long Lists, long Reads, long Others, long Deletions, long QueueCalls, long OctetsUp, long OctetsDown)
{
    /// <summary>All requests.</summary>
    public long Requests => Writes + Lists + Reads + Others + Deletions + QueueCalls;

    /// <summary>Both together.</summary>
    public static StorageUse operator +(StorageUse left, StorageUse right) => new(
        left.Writes + right.Writes, left.Lists + right.Lists, left.Reads + right.Reads, left.Others + right.Others, left.Deletions + right.Deletions,
        left.QueueCalls + right.QueueCalls, left.OctetsUp + right.OctetsUp, left.OctetsDown + right.OctetsDown);

    /// <summary>What the left has more than the right.</summary>
    public static StorageUse operator -(StorageUse left, StorageUse right) => new(
        left.Writes - right.Writes, left.Lists - right.Lists, left.Reads - right.Reads, left.Others - right.Others, left.Deletions - right.Deletions,
        left.QueueCalls - right.QueueCalls, left.OctetsUp - right.OctetsUp, left.OctetsDown - right.OctetsDown);

    /// <summary>The same as <c>+</c>.</summary>
    public static StorageUse Add(StorageUse left, StorageUse right) => left + right;

    /// <summary>The same as <c>-</c>.</summary>
    public static StorageUse Subtract(StorageUse left, StorageUse right) => left - right;
}
