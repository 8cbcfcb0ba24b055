// Brings a message into the mailboxes of its local recipients.
using System.Buffers;
using MailFunctions.App.Scanning;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;

namespace MailFunctions.App.Pipeline;

/// <summary>
/// Stores one copy per account. Every step may be repeated: a copy that is there already is success. No copy is stored before the whole message has
/// been read and its hash found right. Throws <see cref="StoreUnavailableException"/>, after which some copies may be there, and
/// <see cref="SpoolDamagedException"/>, after which this run has stored none that is damaged.
/// </summary>
internal sealed class LocalDelivery(ISpool spool, IMailboxStore mailboxes, ITrace trace, ILogger<LocalDelivery> log)
{
    private const int AtOnce = 8;

    /// <summary>Delivers the opened message to these accounts.</summary>
    /// <returns>False if the time was used up before the last of them.</returns>
    public Task<bool> DeliverAsync(
        ISpoolReader reader, IReadOnlyList<EmailAddress> accounts, ScanVerdict verdict, TimeBudget budget, CancellationToken cancellationToken) =>
        accounts.Count == 0 ? Task.FromResult(true)
        : reader.Length <= BlockCopy.BlockLength ? DeliverWholeAsync(reader, accounts, verdict, budget, cancellationToken)
        : DeliverInBlocksAsync(reader, accounts, verdict, budget, cancellationToken);

    private async Task<bool> DeliverWholeAsync(
        ISpoolReader reader, IReadOnlyList<EmailAddress> accounts, ScanVerdict verdict, TimeBudget budget, CancellationToken cancellationToken)
    {
        var envelope = reader.Envelope;
        var buffer = ArrayPool<byte>.Shared.Rent((int)reader.Length);
        var message = buffer.AsMemory(0, (int)reader.Length);
        await ReadWholeAsync(reader, message, cancellationToken);
        var tap = new SummaryTap(log);
        tap.Pass(message.Span);
        tap.Complete();

        var finished = true;
        async ValueTask DeliverAsync(EmailAddress account, CancellationToken cancel)
        {
            if (budget.IsSpent)
            {
                Volatile.Write(ref finished, false);
                return;
            }
            var isNew = await mailboxes.DeliverAsync(account, envelope.Id, DeliveryHead.For(envelope.ReversePath, account, verdict), message, tap.Text, cancel);
            Tell(envelope, account, reader.Length, isNew);
        }
        if (accounts.Count == 1)
            await DeliverAsync(accounts[0], cancellationToken); // most mail is for one: no other thread need be woken for it
        else
            await Parallel.ForEachAsync(accounts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, DeliverAsync);

        // Not in a finally: after a failure a request that was given up may still be sending from this array.
        ArrayPool<byte>.Shared.Return(buffer);
        return finished;
    }

    private static async Task ReadWholeAsync(ISpoolReader reader, Memory<byte> message, CancellationToken cancellationToken)
    {
        for (var filled = 0; filled < message.Length;)
        {
            var count = await reader.ReadAsync(message[filled..], cancellationToken);
            if (count == 0)
                throw new SpoolDamagedException($"The message ends after {filled} of {message.Length} octets.");
            filled += count;
        }
        // The reader compares the hash when it is asked for what comes after the last octet.
        if (await reader.ReadAsync(new byte[1], cancellationToken) != 0)
            throw new SpoolDamagedException($"The message goes on after its {message.Length} octets.");
    }

    private async Task<bool> DeliverInBlocksAsync(
        ISpoolReader reader, IReadOnlyList<EmailAddress> accounts, ScanVerdict verdict, TimeBudget budget, CancellationToken cancellationToken)
    {
        var id = reader.Envelope.Id;
        var unread = reader;
        var tap = new SummaryTap(log);
        foreach (var group in accounts.Chunk(AtOnce))
        {
            if (budget.IsSpent)
                return false;
            var begun = await Task.WhenAll(group.Select(account =>
                mailboxes.BeginAsync(account, id, DeliveryHead.For(reader.Envelope.ReversePath, account, verdict), cancellationToken)));
            var uploads = begun.OfType<IMailboxUpload>().ToList();
            if (uploads.Count > 0)
            {
                if (unread is not null)
                    await BlockCopy.RunAsync(unread.ReadAsync, tap, uploads, cancellationToken);
                else if (!await CopyAnewAsync(id, tap.Text, uploads, cancellationToken))
                    return true;
                unread = null;
            }
            for (var i = 0; i < group.Length; i++)
                Tell(reader.Envelope, group[i], reader.Length, begun[i] is not null);
        }
        return true;
    }

    // A reader passes over the message once, so every further group reads it from the spool again.
    private async Task<bool> CopyAnewAsync(SpoolId id, string? summary, List<IMailboxUpload> uploads, CancellationToken cancellationToken)
    {
        uploads.ForEach(upload => upload.Summary = summary);
        switch (await spool.OpenAsync(id, cancellationToken))
        {
            case SpoolOpening.Opened(var reader):
                await using (reader)
                    await BlockCopy.RunAsync(reader.ReadAsync, tap: null, uploads, cancellationToken);
                return true;
            case SpoolOpening.Missing:
                return false; // another run has finished the message meanwhile, all its copies included
            case var other:
                throw new SpoolDamagedException($"The message could be opened and now cannot: {other}.");
        }
    }

    private void Tell(Envelope envelope, EmailAddress account, long octets, bool isNew)
    {
        if (!isNew)
        {
            log.DeliveredBefore(envelope.Id, account);
            return;
        }
        trace.Note(new TraceEntry(TraceKind.Delivered)
        {
            Id = envelope.Id, From = envelope.ReversePath?.ToString() ?? "", To = [account.ToString()], Octets = octets,
        });
        log.Delivered(envelope.Id, account);
        PipelineMetrics.Delivered();
    }
}
