// TOP: a message's header and its first lines.
namespace MailFunctions.Gateway.Pop3.Verbs;

/// <summary>TOP message lines (RFC 1939 7): the header, the empty line, and so many lines of the body.</summary>
internal static class Top
{
    public static async ValueTask<Pop3Step> RunAsync(TransactionState state, ReadOnlyMemory<byte> argument, CancellationToken cancellationToken)
    {
        var space = argument.Span.IndexOf((byte)' ');
        if (space < 0 || !DecimalNumber.TryParse(argument.Span[(space + 1)..], out var lines))
            return Pop3Replies.TopSyntax;
        if (state.Maildrop.Find(argument.Span[..space]) is not { } message)
            return Pop3Replies.NoSuchMessage;
        return await Retr.OpenAsync(state, message, new TopCutter(lines), Pop3Replies.TopFollows, cancellationToken);
    }
}
