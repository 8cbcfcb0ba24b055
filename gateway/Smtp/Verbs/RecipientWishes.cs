// What RCPT says about reports.
using MailFunctions.Mail;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp.Verbs;

/// <summary>NOTIFY and ORCPT (RFC 3461 4.1, 4.2). They go with the mail wherever it goes, and never decide where that is.</summary>
internal readonly record struct RecipientWishes(Notify? Notify, OriginalRecipient? Named)
{
    /// <summary>Reads the parameters of RCPT; without EHLO there are none.</summary>
    /// <returns>What is wrong with them, or null.</returns>
    public static Reply? Read(IReadOnlyList<EsmtpParameter> parameters, bool isExtended, out RecipientWishes wishes)
    {
        wishes = default;
        Notify? notify = null;
        OriginalRecipient? named = null;
        foreach (var (keyword, value) in parameters)
        {
            switch (keyword)
            {
                case "NOTIFY" when isExtended:
                    if (notify is not null || !NotifyParameter.TryParse(value, out var events))
                        return Replies.ParameterSyntax;
                    notify = events;
                    break;
                case "ORCPT" when isExtended:
                    if (named is not null || !DsnParameters.TryReadOriginalRecipient(value, out named))
                        return Replies.ParameterSyntax;
                    break;
                default:
                    return Replies.UnknownParameter;
            }
        }
        wishes = new RecipientWishes(notify, named);
        return null;
    }

    /// <summary>The same recipients with these wishes.</summary>
    public IEnumerable<Recipient> On(IEnumerable<Recipient> recipients)
    {
        var (notify, named) = this;
        return notify is null && named is null ? recipients : recipients.Select(to => to with { Notify = notify, Named = named });
    }
}
