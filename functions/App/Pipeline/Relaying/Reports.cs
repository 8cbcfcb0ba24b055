// Stage: makes the reports that a ledger owes.
using System.Diagnostics;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Mime;

namespace MailFunctions.App.Pipeline.Relaying;

/// <summary>
/// Turns owed reports into messages. A report's id follows from its number and recorded time, and it is created only if absent, so that any number of
/// workers who die on the way make it once. Throws <see cref="StoreUnavailableException"/> when storage cannot be reached; doing it again goes on.
/// </summary>
internal sealed class Reports(
    ISpool spool, ILedger ledgers, IParked parked, IWorkQueue queue, ReportRecipients recipients, MessageEnd messageEnd, RelayOptions options,
    DomainKeys keys, TimeProvider time, ITrace trace, ILogger<Reports> log)
{
    /// <summary>Makes all that this ledger owes and takes them off it; ends the message if nothing else remains.</summary>
    /// <param name="ledger">The ledger, owing at least one.</param>
    /// <param name="tag">Its state.</param>
    /// <param name="cancellationToken">Ends it wherever it is.</param>
    public async Task<Ending> MakeAsync(Ledger ledger, string tag, CancellationToken cancellationToken)
    {
        foreach (var owed in ledger.Owed)
        {
            switch (await spool.OpenAsync(ledger.Id, cancellationToken))
            {
                case SpoolOpening.Opened(var reader):
                    await using (reader)
                        await MakeAsync(ledger, owed, reader, cancellationToken);
                    break;
                case SpoolOpening.Missing:
                    await ledgers.DeleteAsync(ledger.Id, cancellationToken);
                    log.FinishedBefore(ledger.Id);
                    return Ending.Done;
                case SpoolOpening.UnknownVersion(var version):
                    log.UnknownSpoolVersion(ledger.Id, version);
                    return Ending.TryAgain;
                case SpoolOpening.Damaged(var reason):
                    await parked.ParkAsync(ledger.Id, reason, cancellationToken);
                    log.Parked(ledger.Id, reason);
                    return Ending.Done;
                default:
                    throw new UnreachableException();
            }
        }
        await TakeOffAsync(ledger, tag, [.. ledger.Owed.Select(owed => owed.Number)], cancellationToken);
        return Ending.Done;
    }

    private async Task MakeAsync(Ledger ledger, OwedReport owed, ISpoolReader message, CancellationToken cancellationToken)
    {
        // Whoever recorded it knew that somebody is to get it; who that is follows from the same rule.
        var addressee = ReportPolicy.Decide(owed.Kind, ledger.ReversePath, ledger.Origin, Everything);
        if (await recipients.FindAsync(addressee, owed, cancellationToken) is not { } target)
        {
            log.ReportDropped(ledger.Id, owed.Number, owed.Kind);
            return;
        }
        var id = owed.IdFor(ledger.Id);
        var report = new DeliveryStatusNotification
        {
            Id = id,
            Kind = owed.Kind,
            Host = options.Hostname,
            Date = owed.RecordedAt,
            To = target.Address,
            OriginalId = ledger.Id,
            MessageOrigin = ledger.Origin,
            ArrivedAt = ledger.StoredAt,
            EnvelopeId = ledger.EnvelopeId,
            Recipients = [.. owed.Recipients.Select(to => RowOf(owed.Kind, to, ledger))],
            Returned = await ReturnedContent.ReadAsync(message.ReadAsync, message.Length, owed.Kind, ledger.Return, cancellationToken),
        };
        var envelope = new Envelope
        {
            Id = id,
            ReversePath = null, // RFC 3464 2: nothing is ever reported about a report to where it came from
            Recipients = target.Recipients,
            Origin = ledger.Origin == MessageOrigin.Client && addressee is ReportAddressee.Sender && !target.IsPostmaster
                ? MessageOrigin.Report
                : MessageOrigin.PostmasterReport,
            EightBitMime = report.NeedsEightBitMime,
            SmtpUtf8 = !target.Address.IsAscii, // who is written to in the report's header
            Helo = options.Hostname.Text,
            ReceivedAt = owed.RecordedAt,
        };
        await using (var writer = spool.Create(id))
        {
            using var digest = new MessageDigest(DigestPurpose.Sign);
            foreach (var piece in report.Pieces())
            {
                digest.Pass(piece.Span);
                await WriteAsync(writer, piece, cancellationToken);
            }
            digest.Complete();
            var signed = new DkimSigner(time).Sign(digest, await keys.SigningAsync(options.Hostname, cancellationToken));
            await writer.CommitAsync(envelope, signed, cancellationToken); // false: another run has made it
        }
        await queue.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = id }, cancellationToken);
        trace.Note(new TraceEntry(TraceKind.Reported) { Id = ledger.Id, Report = id, To = [target.Address.ToString()], Reply = owed.Kind.ToString() });
        log.Reported(ledger.Id, owed.Number, owed.Kind, id);
    }

    private async Task TakeOffAsync(Ledger ledger, string tag, HashSet<int> made, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var rest = ledger with { Owed = [.. ledger.Owed.Where(owed => !made.Contains(owed.Number))] };
            if (rest.IsFinished)
            {
                await messageEnd.RunAsync(ledger, cancellationToken);
                return;
            }
            if (await ledgers.UpdateAsync(rest, tag, cancellationToken) is not null)
                return;
            if (await ledgers.ReadAsync(ledger.Id, cancellationToken) is not LedgerReading.Found found)
                return; // finished meanwhile, or for somebody else to judge
            (ledger, tag) = (found.Ledger, found.Tag);
        }
    }

    private const Notify Everything = Notify.Success | Notify.Failure | Notify.Delay;

    private DeliveryStatusNotificationRecipient RowOf(ReportKind kind, ReportedRecipient to, Ledger ledger)
    {
        var trouble = to.Trouble;
        return new DeliveryStatusNotificationRecipient
        {
            Original = to.Named ?? OriginalRecipient.Of(to.Original),
            Final = to.Address,
            Action = kind switch
            {
                ReportKind.Failed => DeliveryAction.Failed,
                ReportKind.Delayed => DeliveryAction.Delayed,
                ReportKind.Delivered => to.Success switch
                {
                    SuccessAction.Delivered => DeliveryAction.Delivered,
                    SuccessAction.Expanded => DeliveryAction.Expanded,
                    _ => DeliveryAction.Relayed,
                },
                _ => throw new UnreachableException(),
            },
            Status = trouble.Status,
            RemoteHost = DomainName.TryParse(trouble.RemoteHost, out var host) ? host : null,
            Reply = trouble.ReplyCode is { } code ? new QuotedReply(code, trouble.Text.Split(DeliveryTrouble.LineBreak)) : null,
            Explanation = trouble.ReplyCode is null ? trouble.Text : null,
            LastAttemptAt = trouble.At,
            RetriedUntil = kind == ReportKind.Delayed
                ? ledger.StoredAt + ReportPolicy.ScheduleFor(options.Retry, ledger.ReversePath).GiveUpAfter
                : null,
        };
    }

    private static async Task WriteAsync(ISpoolWriter writer, ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        while (!octets.IsEmpty)
        {
            var room = writer.GetMemory();
            var count = Math.Min(room.Length, octets.Length);
            octets[..count].CopyTo(room);
            await writer.AdvanceAsync(count, cancellationToken);
            octets = octets[count..];
        }
    }
}
