// What came of reading an address that may be a rewritten sender.
namespace MailFunctions.Mail;

/// <summary>What a recipient's address says in terms of SRS.</summary>
public abstract record SrsReading
{
    private SrsReading()
    {
    }

    /// <summary>We signed it. Mail to it goes to <paramref name="Address"/>, whose local part has the case in which the bounce came.</summary>
    public sealed record Decoded(EmailAddress Address) : SrsReading;

    /// <summary>We signed it, too long ago.</summary>
    public sealed record Expired : SrsReading;

    /// <summary>It looks like a rewritten address and we did not sign it, or it was altered since.</summary>
    public sealed record Forged : SrsReading;

    /// <summary>It is any other address.</summary>
    public sealed record NotSrs : SrsReading;
}
