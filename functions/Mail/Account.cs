// A user with a mailbox.
namespace MailFunctions.Mail;

/// <summary>An account: a mailbox and the right to fetch from it and to submit mail under its address.</summary>
/// <param name="Address">The canonical address, which is also the login.</param>
/// <param name="Verifier">What the password is checked against.</param>
/// <param name="RemovedAt">
/// Null for an account in use. A removed account stays on record until mail that was accepted for it can no longer be on its way: whatever arrives
/// in its mailbox after this time (UTC, by the storage service's clock) is moved to the domain's postmaster.
/// </param>
/// <param name="Quota">The most octets that its mailbox is to hold; 0 for no limit, null for what is configured.</param>
public sealed record Account(EmailAddress Address, ScramVerifier Verifier, DateTimeOffset? RemovedAt = null, long? Quota = null);
