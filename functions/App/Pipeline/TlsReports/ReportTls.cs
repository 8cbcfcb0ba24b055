// Stage: tells other domains how TLS with them went, once a day.
using System.Security.Cryptography;
using System.Text;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Dns.Records;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mail.Traces;
using MailFunctions.Smtp.TlsReporting;

namespace MailFunctions.App.Pipeline.TlsReports;

/// <summary>
/// Sums up what the trace has of yesterday, and makes a report for each domain that asks for one (RFC 8460). A report by mail has an id that follows from
/// day, domain and target, and is created only if absent; a run that is repeated after it has left sends it again under the same report id, by which the
/// receiver knows it. Throws <see cref="StoreUnavailableException"/> when storage cannot be reached.
/// </summary>
internal sealed class ReportTls(
    ITraceReader trace, IResolver resolver, StsPolicies policies, HttpsReportPost post, ISpool spool, IWorkQueue queue, IDirectory directory,
    RecipientResolver resolution, DomainKeys keys, RelayOptions options, TimeProvider time, ILogger<ReportTls> log)
{
    // Hosts that are slow to take a report hold up few others: the run has minutes.
    private const int AtOnce = 16;

    /// <summary>Reports on the day before today, UTC.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!options.TlsReports)
            return;
        var day = new DateTimeOffset(time.GetUtcNow().UtcDateTime.Date.AddDays(-1), TimeSpan.Zero);
        var tally = new TlsTally();
        await foreach (var entry in trace.ReadAsync(day, day.AddDays(1).AddTicks(-1), TraceKind.Connected, cancellationToken))
            tally.Add(entry);
        var (domains, reports) = (0, 0);
        StoreUnavailableException? trouble = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(tally.Domains, parallel, async (seen, cancel) =>
        {
            Interlocked.Increment(ref domains);
            try
            {
                Interlocked.Add(ref reports, await ReportAsync(day, seen.Key, seen.Value, cancel));
            }
            catch (StoreUnavailableException error)
            {
                trouble = error; // the others get their reports all the same
            }
        });
        log.TlsDayReported(day, domains, reports, tally.Skipped);
        if (trouble is not null)
            throw trouble;
    }

    private async Task<int> ReportAsync(DateTimeOffset day, string text, SortedDictionary<string, TlsCount> counts, CancellationToken cancellationToken)
    {
        if (!DomainName.TryParse(text, out var domain) || domain.IsLiteral || !DnsName.TryParse(TlsReportRecord.Prefix + text, out var name)
            || await directory.FindDomainAsync(domain, cancellationToken) is { Kind: DomainKind.Local })
            return 0;
        if (await resolver.QueryAsync<TxtRecord>(name, cancellationToken) is not Answer<TxtRecord>.Found found
            || TlsReportRecord.Find(found.Records.Select(record => record.Text)) is not { } record)
            return 0;
        var policy = counts.ContainsKey(TlsNotes.Sts) ? await policies.ForAsync(domain, cancellationToken) : null;
        var report = new TlsReport(domain.Text, day, options.Hostname, $"postmaster@{options.Hostname}", counts, policy);
        var gzip = report.ToGzip();
        var made = 0;
        foreach (var target in record.Targets)
        {
            if (await SendAsync(report, gzip, target, cancellationToken) is { } why)
            {
                log.TlsReportNotTaken(domain.Text, day, target.GetLeftPart(UriPartial.Path), why);
                continue;
            }
            made++;
            log.TlsReported(domain.Text, day, target.GetLeftPart(UriPartial.Path));
        }
        return made;
    }

    private async Task<string?> SendAsync(TlsReport report, byte[] gzip, Uri target, CancellationToken cancellationToken)
    {
        if (target.Scheme == Uri.UriSchemeHttps)
            return await post.PostAsync(target, gzip, cancellationToken);
        var address = Uri.UnescapeDataString(target.GetComponents(UriComponents.UserInfo | UriComponents.Host, UriFormat.UriEscaped));
        if (!EmailAddress.TryParse(address, out var to) || !to.IsAscii)
            return "there is no address in it";
        IReadOnlyList<Recipient> recipients;
        switch (await resolution.ResolveAsync(to, cancellationToken))
        {
            case Resolution.Found(var found):
                recipients = found;
                break;
            case Resolution.OtherDomain:
                recipients = [new Recipient { Target = to, Original = to, IsLocal = false }];
                break;
            default:
                return "nobody of ours has that address";
        }
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"tlsrpt/{report.Id}/{to}"));
        var end = report.Day.AddDays(1);
        var id = SpoolId.OfContent(end, hash);
        var envelope = new Envelope
        {
            Id = id,
            ReversePath = null, // nobody is told of a report that cannot be given (RFC 8460 5.3)
            Recipients = recipients,
            Origin = MessageOrigin.PostmasterReport,
            Helo = options.Hostname.Text,
            ReceivedAt = end,
        };
        ReadOnlyMemory<byte> message = TlsReportMessage.Write(report, id, to, end, gzip);
        await using (var writer = spool.Create(id))
        {
            using var digest = new MessageDigest(DigestPurpose.Sign);
            digest.Pass(message.Span);
            digest.Complete();
            while (!message.IsEmpty)
            {
                var room = writer.GetMemory();
                var count = Math.Min(room.Length, message.Length);
                message[..count].CopyTo(room);
                await writer.AdvanceAsync(count, cancellationToken);
                message = message[count..];
            }
            var signed = new DkimSigner(time).Sign(digest, await keys.SigningAsync(options.Hostname, cancellationToken));
            await writer.CommitAsync(envelope, signed, cancellationToken); // false: another run has made it
        }
        await queue.EnqueueAsync(WorkQueue.Accepted, new WorkItem { Id = id }, cancellationToken);
        return null;
    }
}
