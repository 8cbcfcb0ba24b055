// Bent header text with encoded words.
using System.Text;
using MailFunctions.Mime.Fields;

namespace MailFunctions.Fuzz;

public sealed class EncodedWords : Target
{
    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
        ["=?", "?=", "?", "?q?", "?b?", "utf-8", "utf-7", "iso-2022-jp", "gb18030", "utf-16",
            "*en", "_", "=", "=C3", "w7w=", "\x1b$B", " ", "\r\n ", "\0", "\xff", "\xc3\xbc"];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "Re: =?utf-8?q?J=C3=BCrgen?= =?UTF-8?B?w7w=?= x\r\n", "=?iso-8859-1*de?q?Gr=FC=DFe_?=\r\n =?iso-8859-1?b?R3L832U=?=\r\n",
        "=?iso-2022-jp?b?GyRCRnxLXBsoQg==?= =?utf-8?q?=C3?= =?utf-8?q?=BC?=\r\n",
    ];

    /// <inheritdoc/>
    protected override Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        byte[] octets = [.. pieces.SelectMany(piece => piece)];
        var text = HeaderText.Read(octets);
        Assert.InRange(text.Length, 0, 2 * octets.Length);
        Assert.Equal(text, HeaderText.Read(octets));
        Assert.NotNull(HeaderText.Print(text));
        Assert.Equal(-1, HeaderText.Unfold(octets).IndexOf('\n', StringComparison.Ordinal));
        _ = Encoding.UTF8.GetByteCount(text);
        return Task.CompletedTask;
    }
}
