// The hot path from a message's octets to what a list of messages shows of it.
using System.Text;
using BenchmarkDotNet.Attributes;
using MailFunctions.Mime.Summaries;

namespace MailFunctions.Bench.HotPaths;

/// <summary>Messages in pieces of 64 KiB, as they pass on their way into a mailbox.</summary>
[MemoryDiagnoser]
public class MimeSummaries
{
    private const string Hop =
        """
        Received: from out.far.test (out.far.test [192.0.2.7])
         by in.far.test with ESMTPS id 4bXyZ12345z6789
         for <alice@us.test>; Tue, 3 Feb 2026 12:00:05 +0000 (UTC)

        """;

    private const string Header =
        """
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=far.test; s=s1;
         h=from:to:subject:date:message-id:list-unsubscribe:list-id:mime-version;
         bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
         b=TmV2ZXIgYSBzaWduYXR1cmUsIGJ1dCBhcyBsb25nIGFzIG9uZSBvZiAyMDQ4IGJpdHMgYX
         JlLCBpbiBsaW5lcyBvZiBzZXZlbnR5IGNoYXJhY3RlcnMgZWFjaCwgYW5kIG5vYm9keSBoZX
         JlIGxvb2tzIGF0IGl0IGF0IGFsbCwgc2luY2Ugc3VtbWFyaWVzIGRvIG5vdCB2ZXJpZnkgYQ==
        From: =?UTF-8?Q?Die_Gr=C3=BCnen_Seiten?= <news@far.test>
        To: Alice Example <alice@us.test>
        Subject: =?UTF-8?B?R3LDtsOfZSB6w6RobHQg4oCU?=
         =?UTF-8?Q?_die_Woche?=
        Date: Tue, 3 Feb 2026 12:00:05 +0000
        Message-ID: <20260203120005.1@far.test>
        List-Unsubscribe: <https://far.test/u/1234567>, <mailto:leave@far.test>
        List-Id: <news.far.test>
        MIME-Version: 1.0
        Content-Type: multipart/alternative;
         boundary="----=_Part_1_2.3"

        ------=_Part_1_2.3
        Content-Type: text/plain; charset=UTF-8
        Content-Transfer-Encoding: quoted-printable


        """;

    private const string Html =
        """
        ------=_Part_1_2.3
        Content-Type: text/html; charset=UTF-8
        Content-Transfer-Encoding: quoted-printable

        <html><body>

        """;

    private readonly byte[] _small = MessageSpeed.Mixed(4_096);
    private readonly byte[] _large = MessageSpeed.Mixed(1_048_576);
    private readonly byte[] _newsletter = Newsletter();

    /// <summary>Sees that the messages are understood.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        Checked.Is("Grüße", Small().Subject);
        Checked.Is(1, Large().Attachments.Count);
        Checked.Is("Größe zählt — die Woche", Letter().Subject);
        Checked.Is(true, Letter().Preview.StartsWith("Grüße aus der", StringComparison.Ordinal));
    }

    /// <summary>A short text, and an attachment.</summary>
    [Benchmark(Description = "of 4 KiB, with attachment")]
    public MessageSummary Small() => MessageSpeed.Summarize(_small);

    /// <summary>The same at length.</summary>
    [Benchmark(Description = "of 1 MiB, with attachment")]
    public MessageSummary Large() => MessageSpeed.Summarize(_large);

    /// <summary>A long header, text and HTML.</summary>
    [Benchmark(Description = "newsletter of 20 KiB")]
    public MessageSummary Letter() => MessageSpeed.Summarize(_newsletter);

    // What large senders send: a long way here, signatures, and the same twice in quoted-printable.
    private static byte[] Newsletter()
    {
        var text = new StringBuilder(24_000);
        for (var hop = 4; hop > 0; hop--)
            text.Append(Hop);
        text.Append(Header);
        while (text.Length < 6_000)
            text.Append("Gr=C3=BC=C3=9Fe aus der Redaktion, in der es diese Woche wieder viel zu tu=\nn gab.\n");
        text.Append(Html);
        while (text.Length < 20_000)
            text.Append("<p style=3D\"margin:0;color:#333\">Gr=C3=BC=C3=9Fe aus der <b>Redaktion</b>=\n, in der es diese Woche wieder viel zu tun gab.</p>\n");
        return Encoding.ASCII.GetBytes(text.Append("</body></html>\n------=_Part_1_2.3--\n").ToString().ReplaceLineEndings("\r\n"));
    }
}
