// Makes the summary of a message while its copies are made.
using MailFunctions.Mime.Summaries;

namespace MailFunctions.App.Pipeline;

/// <summary>Sees all octets of a message once. A message that cannot be read is delivered all the same, without a summary.</summary>
internal sealed class SummaryTap(ILogger log)
{
    private readonly MessageSummaryReader _reader = new();
    private bool _failed;

    /// <summary>The summary as text, once the message has ended; null if there is none.</summary>
    public string? Text { get; private set; }

    /// <summary>Looks at the next octets.</summary>
    public void Pass(ReadOnlySpan<byte> content)
    {
        if (_failed)
            return;
        try
        {
            _reader.Pass(content);
        }
        catch (Exception error) // the reader throws nothing; if it did all the same, the mail is worth more than what is told of it
        {
            Fail(error);
        }
    }

    /// <summary>Ends the message.</summary>
    public void Complete()
    {
        if (_failed)
            return;
        try
        {
            Text = CopySummary.Of(_reader.Complete()).ToText();
        }
        catch (Exception error) // as above
        {
            Fail(error);
        }
    }

    private void Fail(Exception error)
    {
        _failed = true;
        log.NoSummary(error);
    }
}
