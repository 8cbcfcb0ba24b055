// Reports of every kind, as the golden files beside this one have them.
using System.Net;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mime;

namespace MailFunctions.Unit.Mime;

internal static class ReportSamples
{
    public const string Message =
        "Received: from pc.far.test ([192.0.2.7])\r\n\tby mail.example.test with ESMTP id 019c23456789774bbcceb302099a8057;\r\n"
        + "\tTue, 3 Feb 2026 12:00:05 +0000\r\n"
        + "From: Alice <alice@example.test>\r\nTo: bob@far.test\r\nSubject: Lunch\r\nMessage-ID:\r\n <lunch.1@example.test>\r\n\r\nAt one?\r\n";

    private static readonly DateTimeOffset Noon = new(2026, 2, 3, 12, 0, 5, TimeSpan.Zero);

    public static SpoolId ReportId { get; } = Id("019c2345abcd7111a222b333c444d555");

    public static DeliveryStatusNotificationRecipient Bob { get; } = new()
    {
        Original = OriginalRecipient.Of(EmailAddress.Parse("bob@far.test")),
        Final = EmailAddress.Parse("bob@far.test"),
        Action = DeliveryAction.Failed,
        Status = new DeliveryStatus(5, 1, 1),
        RemoteHost = DomainName.Parse("mx.far.test"),
        RemoteAddress = IPAddress.Parse("192.0.2.9"),
        Reply = new QuotedReply(550, [
            "5.1.1 The address that you tried to reach does not exist. Please check it for", "5.1.1 typing errors, or see https://far.test/help",
        ]),
        LastAttemptAt = Noon.AddMinutes(1),
    };

    private static readonly DeliveryStatusNotificationRecipient Carol = new()
    {
        Original = new OriginalRecipient("rfc822", "team@example.test"),
        Final = EmailAddress.Parse("\"carol c\"@slow.test"),
        Action = DeliveryAction.Failed,
        Status = new DeliveryStatus(4, 4, 1),
        RemoteHost = DomainName.Parse("mx.slow.test"),
        Explanation = "the connection timed out, at each of 61 attempts in 5 days",
        LastAttemptAt = Noon.AddDays(5),
    };

    public static TheoryData<string> Names =>
        ["failed", "failed-header-only", "failed-eight-bit", "delayed", "delivered", "postmaster", "hostile"];

    public static DeliveryStatusNotification Get(string name) => name switch
    {
        "failed" => Report(ReportKind.Failed, Message, [Bob, Carol]) with { EnvelopeId = "QQ314159" },
        "failed-header-only" => Report(ReportKind.Failed, Message + new string('x', 60_000),
            [Bob with { Status = new(5, 3, 4), Reply = new(552, ["Too big"]) }]),
        "failed-eight-bit" => Report(ReportKind.Failed, Message + "Vielleicht sp\u00e4ter?\r\n",
            [Bob with { Original = null, RemoteAddress = null }]),
        "delayed" => Report(ReportKind.Delayed, Message,
            [
                Carol with
                {
                    Action = DeliveryAction.Delayed, Explanation = "the connection timed out",
                    LastAttemptAt = Noon.AddHours(4), RetriedUntil = Noon.AddDays(5),
                },
            ]),
        "delivered" => Report(ReportKind.Delivered, Message,
            [
                Bob with { Action = DeliveryAction.Relayed, Status = new(2, 6, 0), Reply = new(250, ["OK queued as 12345"]) },
                Carol with { Action = DeliveryAction.Delivered, Status = new(2, 1, 5), Original = null, RemoteHost = null, Explanation = null },
            ]),
        "postmaster" => Report(
            ReportKind.Failed, "Message-ID: <1@example.test>\r\nSubject: Undelivered mail returned to sender\r\n\r\nNo.\r\n", [Bob]) with
        {
            MessageOrigin = MessageOrigin.Report, To = EmailAddress.Parse("postmaster@example.test"),
        },
        "hostile" => Report(ReportKind.Failed, $"Message-ID: <a b>\r\n\r\n--=_{ReportId}--\r\n--=_{ReportId}_1\r\n",
            [
                Bob with
                {
                    Original = new OriginalRecipient("rf c\r\n822", "x\r\nAction: delivered"),
                    Reply = new QuotedReply(550,
                        [$"no\r\n\r\n--=_{ReportId}--\r\nBcc: x@y.test", "\u001b[31m\0red\u2028\tand \u202eright", "=?utf-8?q?=0D=0ABcc:_x@y.test?=", ""]),
                },
            ]) with { EnvelopeId = "1\r\nStatus: 2.0.0\r\n\r\n" },
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    public static DeliveryStatusNotification Report(
        ReportKind kind, string message, IReadOnlyList<DeliveryStatusNotificationRecipient> recipients) => new()
    {
        Id = ReportId,
        Kind = kind,
        Host = DomainName.Parse("mail.example.test"),
        Date = Noon.AddHours(5).ToOffset(TimeSpan.FromHours(-7)),
        To = EmailAddress.Parse("alice@example.test"),
        OriginalId = Id("019c23456789774bbcceb302099a8057"),
        ArrivedAt = Noon,
        Recipients = recipients,
        Returned = Returned(Encoding.Latin1.GetBytes(message), kind, null),
    };

    public static ReturnedContent Returned(byte[] message, ReportKind kind, ReturnRequest? request, int atOnce = int.MaxValue)
    {
        var source = new MemoryStream(message);
        var reading = ReturnedContent.ReadAsync(
            (buffer, cancellationToken) => source.ReadAsync(buffer[..Math.Min(atOnce, buffer.Length)], cancellationToken),
            message.Length, kind, request, CancellationToken.None).AsTask();
        Assert.True(reading.IsCompletedSuccessfully); // nothing here waits
        return reading.Result;
    }

    public static byte[] Octets(DeliveryStatusNotification report) => [.. report.Pieces().SelectMany(piece => piece.ToArray())];

    private static SpoolId Id(string text)
    {
        Assert.True(SpoolId.TryParse(text, out var id));
        return id;
    }
}
