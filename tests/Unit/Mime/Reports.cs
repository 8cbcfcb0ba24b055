// Reports: the golden files, their syntax, what comes back in them, and texts that try to break out.
using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mime;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mime;

public sealed class Reports
{
    public static TheoryData<string> Names => ReportSamples.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_is_octet_for_octet_the_golden_file(string name)
    {
        var actual = ReportSamples.Octets(ReportSamples.Get(name));
        var golden = Path.Combine(Path.GetDirectoryName(SourceFile())!, "Reports", $"{name}.eml");
        if (File.Exists(golden) && actual.AsSpan().SequenceEqual(File.ReadAllBytes(golden)))
            return;
        var written = Path.Combine(AppContext.BaseDirectory, $"{name}.eml");
        File.WriteAllBytes(written, actual);
        Assert.Fail($"{golden} is not what is written now: compare it with {written}.");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Made_again_it_is_the_same(string name)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ReportSamples.Get(name).WriteTo(buffer);
        Assert.Equal(ReportSamples.Octets(ReportSamples.Get(name)), buffer.WrittenSpan.ToArray());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_report_has_three_parts_and_the_fields_of_RFC_3464(string name) => Check(ReportSamples.Get(name));

    [Fact]
    public void The_fields_say_what_happened()
    {
        var (message, parts) = ReportSyntax.Read(Text(ReportSamples.Get("failed")));
        Assert.Equal("<019c2345abcd7111a222b333c444d555@mail.example.test>", message["Message-ID"]);
        Assert.Equal(("<lunch.1@example.test>", "<lunch.1@example.test>"), (message["In-Reply-To"], message["References"]));
        Assert.Equal(("auto-replied", "1.0"), (message["Auto-Submitted"], message["MIME-Version"]));
        Assert.Equal("Tue, 3 Feb 2026 17:00:05 +0000", message["Date"]);
        var groups = ReportSyntax.Groups(parts[1]);
        Assert.Equal(3, groups.Count);
        Assert.Equal(("QQ314159", "dns; mail.example.test"), (groups[0]["Original-Envelope-Id"], groups[0]["Reporting-MTA"]));
        Assert.Equal("Tue, 3 Feb 2026 12:00:05 +0000", groups[0]["Arrival-Date"]);
        Assert.Equal(("rfc822; bob@far.test", "rfc822; bob@far.test"), (groups[1]["Original-Recipient"], groups[1]["Final-Recipient"]));
        Assert.Equal(("failed", "5.1.1", "dns; mx.far.test"), (groups[1]["Action"], groups[1]["Status"], groups[1]["Remote-MTA"]));
        Assert.StartsWith("smtp; 550-5.1.1 The address", groups[1]["Diagnostic-Code"], StringComparison.Ordinal);
        Assert.Contains(" 550 5.1.1 typing errors", groups[1]["Diagnostic-Code"], StringComparison.Ordinal);
        Assert.Equal("Tue, 3 Feb 2026 12:01:05 +0000", groups[1]["Last-Attempt-Date"]);
        Assert.Equal("rfc822; \"carol c\"@slow.test", groups[2]["Final-Recipient"]);
        Assert.Equal("X-MailFunctions; the connection timed out, at each of 61 attempts in 5 days", groups[2]["Diagnostic-Code"]);
    }

    [Theory]
    [InlineData("failed", "8bit", false)]
    [InlineData("failed-eight-bit", "8bit", true)]
    public void Eight_bit_content_is_returned_as_it_is_and_declared(string name, string encoding, bool isEightBit)
    {
        var report = ReportSamples.Get(name);
        var (message, parts) = ReportSyntax.Read(Text(report));
        Assert.Equal(isEightBit, report.NeedsEightBitMime);
        Assert.Equal(isEightBit, message["Content-Transfer-Encoding"] == encoding);
        Assert.Equal(isEightBit, parts[2]["Content-Transfer-Encoding"] == encoding);
        Assert.Equal(Encoding.Latin1.GetString(report.Returned.Octets.Span), parts[2].Content);
    }

    [Theory]
    [InlineData("plain words")]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\t")]
    [InlineData("\r\n")]
    [InlineData("\r\n\r\n")]
    [InlineData("a\r\nAction: delivered\r\nStatus: 2.0.0")]
    [InlineData("a\nAction: delivered")]
    [InlineData("a\rAction: delivered")]
    [InlineData("a\r\n\r\nFinal-Recipient: rfc822; x@y.test")]
    [InlineData("\r\n--=_019c2345abcd7111a222b333c444d555\r\nContent-Type: text/html\r\n\r\n<b>")]
    [InlineData("--=_019c2345abcd7111a222b333c444d555--")]
    [InlineData("x --=_019c2345abcd7111a222b333c444d555-- --=_019c2345abcd7111a222b333c444d555--")]
    [InlineData(".\r\nMAIL FROM:<>")]
    [InlineData("\0\u0001\u001b[2J\u007f")]
    [InlineData("\u00e4\u0085\u2028\u2029\u202e\ud83d\ude00 \ud800")]
    [InlineData("=?utf-8?q?a=0D=0ABcc:_x@y.test?=")]
    [InlineData("=\u00e4utf-8?q?=0D=0AX:_y?= ==?utf-8?q?=0D=0AX:_y?=")]
    [InlineData("(comment \\\"); x=\"")]
    public void No_text_breaks_out_of_its_place(string text)
    {
        var longer = text + new string('x', 2_000) + string.Concat(Enumerable.Repeat(" word", 2_000));
        foreach (var hostile in new[] { text, longer })
        {
            var recipient = ReportSamples.Bob with
            {
                Original = new OriginalRecipient(hostile, hostile), Reply = new QuotedReply(550, [hostile, hostile]), Explanation = hostile,
            };
            foreach (var row in new[] { recipient, recipient with { Reply = null }, recipient with { Reply = new QuotedReply(550, []) } })
            {
                var report = ReportSamples.Report(ReportKind.Failed, ReportSamples.Message, [row, ReportSamples.Bob]) with { EnvelopeId = hostile };
                Check(report);
                var (_, parts) = ReportSyntax.Read(Text(report));
                var groups = ReportSyntax.Groups(parts[1]);
                Assert.Equal(3, groups.Count);
                Assert.Equal("failed", groups[1]["Action"]);
                Assert.DoesNotContain("=?", parts[1].Content, StringComparison.Ordinal);
                Assert.Equal(row.Reply is null, !groups[1].Fields.Any(field => field.Value.StartsWith("smtp; 550", StringComparison.Ordinal)));
                Assert.All(parts[0].Content.Split("\r\n"), line => Assert.False(line.StartsWith('-') || line.StartsWith('.'), line));
            }
        }
    }

    [Fact]
    public void The_boundary_does_not_occur_in_what_is_returned()
    {
        var boundaries = new HashSet<string>();
        var message = "A: b\r\n\r\n";
        for (var i = 0; i < 5; i++)
        {
            var report = ReportSamples.Report(ReportKind.Failed, message, [ReportSamples.Bob]);
            Check(report);
            var start = Text(report).IndexOf("boundary=\"", StringComparison.Ordinal) + "boundary=\"".Length;
            var boundary = Text(report)[start..Text(report).IndexOf('"', start)];
            Assert.InRange(boundary.Length, 1, 70);
            Assert.True(boundaries.Add(boundary));
            message += $"--{boundary}\r\n";
        }
    }

    [Theory]
    [InlineData(ReportKind.Failed, null, 51_200, true)]
    [InlineData(ReportKind.Failed, null, 51_201, false)]
    [InlineData(ReportKind.Failed, ReturnRequest.Full, 51_200, true)]
    [InlineData(ReportKind.Failed, ReturnRequest.Full, 51_201, false)]
    [InlineData(ReportKind.Failed, ReturnRequest.Headers, 300, false)]
    [InlineData(ReportKind.Delayed, ReturnRequest.Full, 300, false)]
    [InlineData(ReportKind.Delivered, null, 300, false)]
    public void LP_07_small_failed_messages_come_back_whole_and_all_others_as_their_header(
        ReportKind kind, ReturnRequest? request, int length, bool isWhole)
    {
        const string Header = "A: b\r\nMessage-Id : <x@y.test>\r\n";
        var message = Encoding.ASCII.GetBytes((Header + "\r\n").PadRight(length, 'x'));
        foreach (var atOnce in new[] { 1, 7, int.MaxValue })
        {
            var returned = ReportSamples.Returned(message, kind, request, atOnce);
            Assert.Equal((isWhole, "<x@y.test>"), (returned.IsWhole, returned.MessageId));
            Assert.Equal(isWhole ? message : Encoding.ASCII.GetBytes(Header), returned.Octets.ToArray());
        }
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\r\n", "")]
    [InlineData("\r\nbody: x\r\n", "")]
    [InlineData("A: b\r\n", "A: b\r\n")]
    [InlineData("A: b", "")]
    [InlineData("A: b\r\nC: d", "A: b\r\n")]
    [InlineData("A: b\r\n\r\n\r\n", "A: b\r\n")]
    [InlineData("A: b\r\n\tc\r\n\r\nbody", "A: b\r\n\tc\r\n")]
    public void A_header_ends_before_the_empty_line(string message, string header)
    {
        for (var atOnce = 1; atOnce <= message.Length + 1; atOnce++)
        {
            var returned = ReportSamples.Returned(Encoding.ASCII.GetBytes(message), ReportKind.Delayed, null, atOnce);
            Assert.Equal(header, Encoding.ASCII.GetString(returned.Octets.Span));
        }
    }

    [Fact]
    public void A_huge_header_is_cut_behind_a_line()
    {
        var message = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 60_000).Select(i => $"X-{i}: y\r\n")) + "\r\n");
        var returned = ReportSamples.Returned(message, ReportKind.Failed, null).Octets.ToArray();
        Assert.InRange(returned.Length, ReturnedContent.MaxHeaderOctets - 20, ReturnedContent.MaxHeaderOctets);
        Assert.Equal(message[..returned.Length], returned);
        Assert.Equal("\r\n"u8.ToArray(), returned[^2..]);
    }

    [Theory]
    [InlineData("Message-ID: <a@b>\r\n", "<a@b>")]
    [InlineData("X: y\r\nMESSAGE-ID:\t<a@b>  \r\nMessage-ID: <c@d>\r\n", "<a@b>")]
    [InlineData("Message-ID:\r\n <a@b>\r\n", "<a@b>")]
    [InlineData("X: y\r\n Message-ID: <a@b>\r\n", null)]
    [InlineData("Message-ID: a@b\r\n", null)]
    [InlineData("Message-ID: <a b>\r\n", null)]
    [InlineData("Message-ID: <a@b> <c@d>\r\n", null)]
    [InlineData("Message-ID: <a@b>\r\n <c@d>\r\n", null)]
    [InlineData("Message-ID: <\u00e4@b>\r\n", null)]
    [InlineData("Message-ID: <>\r\n", null)]
    [InlineData("Message-ID: <=?utf-8?q?=0D=0AX:_y?=@b>\r\n", null)]
    [InlineData("Message-ID:\r\n", null)]
    [InlineData("In-Reply-To: <a@b>\r\n", null)]
    [InlineData("X: y\r\n\r\nMessage-ID: <a@b>\r\n", null)]
    public void A_message_id_is_taken_over_only_if_it_is_one(string header, string? expected) =>
        Assert.Equal(expected, ReportSamples.Returned(Encoding.Latin1.GetBytes(header), ReportKind.Failed, null).MessageId);

    [Theory]
    [InlineData("5.1.1", true)]
    [InlineData("2.0.0", true)]
    [InlineData("4.999.999", true)]
    [InlineData("5.1", false)]
    [InlineData("3.1.1", false)]
    [InlineData("5.1.1000", false)]
    [InlineData("5.01.1", false)]
    [InlineData("5.1.1 ", false)]
    [InlineData("5.-1.1", false)]
    [InlineData("", false)]
    public void A_status_is_read_strictly(string text, bool good)
    {
        Assert.Equal(good, DeliveryStatus.TryParse(text, out var status));
        Assert.True(!good || status.ToString() == text);
    }

    [Fact]
    public void A_report_of_nothing_or_of_two_kinds_is_not_written()
    {
        Assert.Throws<InvalidOperationException>(() => ReportSamples.Report(ReportKind.Failed, "", []).Pieces());
        Assert.Throws<InvalidOperationException>(() => ReportSamples.Report(ReportKind.Delayed, "", [ReportSamples.Bob]).Pieces());
    }

    [Fact]
    public void The_parts_stand_in_the_order_in_which_Postfix_has_them()
    {
        var samples = Path.GetFullPath(Path.Combine(AzuriteServer.RepositoryRoot, "..", "shared", "testdata", "dsn-sisimai", "lf"));
        Assert.SkipUnless(Directory.Exists(samples), "There are no samples of other systems' reports here.");
        var (_, ours) = ReportSyntax.Read(Text(ReportSamples.Get("failed")));
        var compared = 0;
        foreach (var path in Directory.EnumerateFiles(samples, "lhost-postfix-*.eml"))
        {
            var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
            text = text.ReplaceLineEndings("\r\n");
            if (!text.Contains("report-type=delivery-status", StringComparison.OrdinalIgnoreCase)
                || text.StartsWith("From ", StringComparison.Ordinal))
                continue;
            var (_, theirs) = ReportSyntax.Read(text);
            if (theirs.Count != 3)
                continue;
            Assert.Equal(ours.Take(2).Select(part => part.Type), theirs.Take(2).Select(part => part.Type));
            Assert.Contains(theirs[2].Type, (string[])["message/rfc822", "text/rfc822-headers"]);
            compared++;
        }
        Assert.InRange(compared, 10, int.MaxValue);
    }

    private static void Check(DeliveryStatusNotification report)
    {
        var text = Text(report);
        var (message, parts) = ReportSyntax.Read(text);
        Assert.StartsWith("multipart/report; report-type=delivery-status;", message["Content-Type"], StringComparison.Ordinal);
        Assert.Equal(
            ["text/plain", "message/delivery-status", report.Returned.IsWhole ? "message/rfc822" : "text/rfc822-headers"],
            parts.Select(part => part.Type));
        ReportSyntax.CheckStatus(parts[1]);
        Assert.Equal(report.Recipients.Count + 1, ReportSyntax.Groups(parts[1]).Count);
        var returned = Encoding.Latin1.GetString(report.Returned.Octets.Span);
        Assert.Equal(returned, parts[2].Content);
        // All that is not the returned content is ours. It stands last, before the closing delimiter.
        var end = text.LastIndexOf("\r\n--", StringComparison.Ordinal);
        Assert.Equal(returned, text[(end - returned.Length)..end]);
        ReportSyntax.CheckLines(text[..(end - returned.Length)] + text[end..]);
    }

    private static string Text(DeliveryStatusNotification report) => Encoding.Latin1.GetString(ReportSamples.Octets(report));

    private static string SourceFile([CallerFilePath] string path = "") => path;
}
