// Looks whether a domain's postmaster can be reached.
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Domains;

/// <summary>A postmaster may be named before he has an account; until then the operator is told.</summary>
internal static class PostmasterCheck
{
    /// <summary>A warning if mail for the postmaster leads nowhere, else nothing.</summary>
    public static async Task<IReadOnlyList<string>> RunAsync(EmailAddress postmaster, BlobDirectory directory, CancellationToken cancellationToken) =>
        await new RecipientResolver(directory).ResolveAsync(postmaster, cancellationToken) switch
        {
            Resolution.NoSuchUser => [$"the postmaster {postmaster} does not exist yet: 'mailctl account add {postmaster}' makes the account."],
            Resolution.Loop => [$"mail for the postmaster {postmaster} goes round in a circle of aliases: see 'mailctl alias list'."],
            _ => [],
        };
}
