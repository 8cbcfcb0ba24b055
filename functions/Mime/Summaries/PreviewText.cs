// The beginning of a text, on one line.
using System.Text;
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Fields;

namespace MailFunctions.Mime.Summaries;

/// <summary>Decodes no more of a text than a preview needs.</summary>
internal sealed class PreviewText(Encoding charset, bool isHtml)
{
    private const int PlainSource = 4 * MessageSummary.PreviewLength; // with room for space that is left out
    private const int HtmlSource = 64 * 1024; // style sheets come before the first word

    private readonly TextDecoder _text = new(charset, isHtml ? HtmlSource : PlainSource);

    /// <summary>Takes the next decoded octets.</summary>
    public void Pass(ReadOnlySpan<byte> octets) => _text.Pass(octets);

    /// <summary>The preview.</summary>
    public string Finish()
    {
        var text = _text.Finish();
        return OnOneLine(isHtml ? HtmlText.Read(text) : text);
    }

    private static string OnOneLine(string text)
    {
        var line = new StringBuilder(MessageSummary.PreviewLength);
        var isSpacePending = false;
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || c is '\u200b' or '\u200c' or '\u200d' or '\ufeff' or '\u00ad') // invisible, to fill previews with nothing
            {
                isSpacePending |= line.Length > 0;
                continue;
            }
            if (isSpacePending)
                line.Append(' ');
            isSpacePending = false;
            if (line.Length >= MessageSummary.PreviewLength)
                break;
            line.Append(HeaderText.IsControl(c) ? '\ufffd' : c);
        }
        if (line.Length > MessageSummary.PreviewLength)
            line.Length = MessageSummary.PreviewLength;
        if (line.Length > 0 && char.IsHighSurrogate(line[^1]))
            line.Length--;
        return line.ToString();
    }
}
