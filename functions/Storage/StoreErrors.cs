// Which refusals of the storage service are answers, and which are trouble.
using Azure;
using Azure.Storage.Blobs.Models;

namespace MailFunctions.Storage;

/// <summary>
/// Reads error codes, never the bare status: 404 for a missing container must not be taken for a missing blob, since a missing spool blob means that
/// the mail is delivered.
/// </summary>
internal static class StoreErrors
{
    /// <summary>There is no such blob.</summary>
    public static bool IsBlobMissing(this RequestFailedException error) => error.Status == 404 && error.ErrorCode == BlobErrorCode.BlobNotFound;

    /// <summary>The condition of a write was not met: something is there that should not be, or is not what it was.</summary>
    public static bool IsConditionNotMet(this RequestFailedException error) =>
        (error.Status == 409 && error.ErrorCode == BlobErrorCode.BlobAlreadyExists)
        || (error.Status == 412 && error.ErrorCode == BlobErrorCode.ConditionNotMet);

    /// <summary>The blob is longer than the writer knows.</summary>
    public static bool IsAppendPositionTaken(this RequestFailedException error) =>
        error.Status == 412 && error.ErrorCode == BlobErrorCode.AppendPositionConditionNotMet;

    /// <summary>Blocks that were staged are no longer there.</summary>
    public static bool IsBlockListInvalid(this RequestFailedException error) =>
        error.Status == 400 && error.ErrorCode == BlobErrorCode.InvalidBlockList;

    /// <summary>A lease is held by another, or is no longer the one that is meant.</summary>
    public static bool IsLeaseLost(this RequestFailedException error) =>
        error.Status is 409 or 412 && (error.ErrorCode == BlobErrorCode.LeaseAlreadyPresent
            || error.ErrorCode == BlobErrorCode.LeaseIdMismatchWithLeaseOperation
            || error.ErrorCode == BlobErrorCode.LeaseNotPresentWithLeaseOperation
            || error.ErrorCode == BlobErrorCode.LeaseIsBrokenAndCannotBeRenewed
            || error.ErrorCode == BlobErrorCode.LeaseIsBreakingAndCannotBeAcquired
            || error.ErrorCode == BlobErrorCode.LeaseLost);
}
