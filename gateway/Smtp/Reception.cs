// One message being taken in, by DATA in one piece or by BDAT in several.
using System.Diagnostics;
using MailFunctions.Gateway.Senders;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mime;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Smtp;

/// <summary>What is known of the content so far, and where it goes. Disposing it before the commit leaves nothing behind that anybody sees.</summary>
internal sealed class Reception(SpoolId id, ISpoolWriter writer, SenderEvidence evidence) : IAsyncDisposable
{
    /// <summary>The message's name.</summary>
    public SpoolId Id { get; } = id;

    /// <summary>Where the content goes.</summary>
    public ISpoolWriter Writer { get; } = writer;

    /// <summary>What its header has shown.</summary>
    public HeaderScan Header { get; } = new();

    /// <summary>What it has shown of its sender.</summary>
    public SenderEvidence Evidence { get; } = evidence;

    /// <summary>The span of its reception; null where nobody listens.</summary>
    public Activity? Span { get; } = IntakeSpans.Start();

    /// <summary>Octets of content so far.</summary>
    public long Octets { get; set; }

    /// <summary>Why it will not be taken, or null as long as nothing speaks against it.</summary>
    public Reply? Refusal { get; set; }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Span?.Dispose();
        Evidence.Dispose();
        return Writer.DisposeAsync();
    }
}
