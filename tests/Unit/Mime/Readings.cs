// What is true of every reading of every message.
using MailFunctions.Mime;
using MailFunctions.Mime.Decoding;
using MailFunctions.Mime.Fields;
using MailFunctions.Mime.Parts;

namespace MailFunctions.Unit.Mime;

/// <summary>The invariants of the reader: its limits, its offsets, its tree, and that nothing it tells breaks a line.</summary>
internal static class Readings
{
    private const Defects NotAllKept = Defects.HeaderTooLarge | Defects.TooManyFields | Defects.MalformedField | Defects.MailboxLine;

    /// <summary>Checks a reading against the message that was read.</summary>
    public static void Check(byte[] octets, MimeMessage message, Bodies bodies)
    {
        Assert.Equal(octets.Length, message.Octets);
        Assert.InRange(message.Parts.Count, 1, MimeLimits.Parts);
        Assert.InRange(message.Parts.Sum(part => part.Header.Octets.Length), 0, MimeLimits.HeaderOctetsInAll);
        Assert.Equal((null, "1", 0L, octets.Length), (message.Root.Parent, message.Root.Path, message.Root.Offset, message.Root.End));
        for (var i = 0; i < message.Parts.Count; i++)
        {
            Assert.Equal(i, message.Parts[i].Index);
            CheckPlace(message.Parts[i]);
            CheckHeader(octets, message.Parts[i]);
            CheckContent(octets, message.Parts[i], bodies[message.Parts[i]]);
        }
    }

    private static void CheckPlace(MimePart part)
    {
        Assert.InRange(part.Depth, 0, MimeLimits.Depth);
        Assert.True(part.Offset <= part.BodyOffset && part.BodyOffset <= part.End, part.Path);
        var last = part.BodyOffset;
        for (var i = 0; i < part.Children.Count; i++)
        {
            var child = part.Children[i];
            Assert.Equal((part, part.Depth + 1, $"{part.Path}.{i + 1}"), (child.Parent, child.Depth, child.Path));
            Assert.True(last <= child.Offset && child.End <= part.End, child.Path);
            last = child.End;
        }
        Assert.True(part.Children.Count == 0 || !part.IsLeaf, part.Path);
        Assert.True(part.Children.Count == 1 || part.ContentType.IsMultipart || part.IsLeaf, part.Path);
    }

    private static void CheckHeader(byte[] octets, MimePart part)
    {
        Assert.InRange(part.Header.Octets.Length, 0, MimeLimits.HeaderOctets);
        Assert.InRange(part.Header.Count, 0, MimeLimits.Fields);
        if ((part.Defects & NotAllKept) == 0)
            Assert.True(octets.AsSpan((int)part.Offset, (int)(part.BodyOffset - part.Offset)).StartsWith(part.Header.Octets.Span), part.Path);
        foreach (var field in part.Header.Fields)
        {
            Assert.True(field.Name.Length > 0 && field.Name.All(c => c is > ' ' and <= '~' and not ':'), field.Name);
            CheckLine(field.Text);
            foreach (var mailbox in AddressList.Read(field.Value).Mailboxes)
                CheckLine($"{mailbox.Name}{mailbox.LocalPart}{mailbox.Domain}");
        }
        var type = part.ContentType;
        Assert.True(type.MediaType.All(c => c is > ' ' and <= '~' and not (>= 'A' and <= 'Z')), type.MediaType);
        Assert.InRange(type.Parameters.All.Count, 0, MimeLimits.Parameters);
        Assert.InRange(part.Disposition?.Parameters.All.Count ?? 0, 0, MimeLimits.Parameters);
        foreach (var parameter in type.Parameters.All.Concat(part.Disposition?.Parameters.All ?? []))
            CheckLine(parameter.Value);
    }

    private static void CheckContent(byte[] octets, MimePart part, byte[] body)
    {
        if (!part.IsLeaf)
            Assert.Empty(body);
        else if (part.Encoding.IsIdentity())
            Assert.True(body.AsSpan().SequenceEqual(octets.AsSpan((int)part.BodyOffset, (int)part.BodyLength)), part.Path);
        else
            Assert.InRange(body.Length, 0, part.BodyLength);
    }

    private static void CheckLine(string text) => Assert.False(text.AsSpan().ContainsAny('\r', '\n', '\0'), text);
}
