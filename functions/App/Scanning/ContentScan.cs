// Has messages looked at by rspamd before they come into mailboxes.
using System.Net;
using System.Text;
using System.Text.Json;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;

namespace MailFunctions.App.Scanning;

/// <summary>
/// Asks rspamd's HTTP interface (<c>/checkv2</c>), the message streaming out of the spool as it is asked for: one more read of storage a message, where scanning is
/// switched on. Trouble is a verdict like any other, or null where the message is to be looked at later.
/// </summary>
internal sealed class ContentScan(RelayOptions relay, ISpool spool, IStoreClock clock, TimeProvider time, ILogger<ContentScan> log) : IDisposable
{
    private const int MaxAnswer = 1024 * 1024;
    private const int MostRecipients = 100;

    private readonly ScanOptions _options = relay.Scan;
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseCookies = false, UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5), PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ActivityHeadersPropagator = null, RequestHeaderEncodingSelector = (_, _) => Encoding.UTF8,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan, MaxResponseContentBufferSize = MaxAnswer,
    };

    /// <summary>Looks at a message.</summary>
    /// <param name="envelope">Its envelope.</param>
    /// <param name="length">Its octets.</param>
    /// <param name="storedAt">When it was accepted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null if it is to be kept back and looked at later.</returns>
    /// <exception cref="StoreUnavailableException">The message could not be read.</exception>
    public async Task<ScanVerdict?> RunAsync(Envelope envelope, long length, DateTimeOffset storedAt, CancellationToken cancellationToken)
    {
        if (_options.Rspamd is not { } address || envelope.Origin != MessageOrigin.Client)
            return ScanVerdict.None;
        if (length > _options.MaxBytes)
            return ScanVerdict.Unknown("too large to be scanned");
        using var limit = new CancellationTokenSource(_options.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        string trouble;
        try
        {
            if (await spool.OpenAsync(envelope.Id, either.Token) is not SpoolOpening.Opened(var reader))
                return ScanVerdict.None; // delivery will find out the same
            await using (reader)
                return ScanVerdict.Read(await AskAsync(new Uri(address, "/checkv2"), envelope, reader, either.Token));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            trouble = "no answer in time";
        }
        catch (HttpRequestException error) when (error.GetBaseException() is StoreUnavailableException)
        {
            throw new StoreUnavailableException("The message could not be read for its scan.", error);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or JsonException)
        {
            trouble = error is HttpRequestException { StatusCode: { } status } ? $"it answered {(int)status}" : error.GetType().Name;
        }
        // What users send is not kept back: their programs have been told that it is on its way.
        var waits = _options.IsClosed && envelope.Login is null && clock.UtcNow - storedAt < ScanOptions.Patience;
        log.NotScanned(envelope.Id, trouble, waits);
        return waits ? null : ScanVerdict.Unknown("the scanner could not be asked");
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private async Task<byte[]> AskAsync(Uri address, Envelope envelope, ISpoolReader reader, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ReaderContent(reader) };
        void Tell(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                request.Headers.TryAddWithoutValidation(name, value);
        }

        Tell("Queue-Id", envelope.Id.Text);
        Tell("MTA-Name", relay.Hostname.Text);
        Tell("IP", envelope.ClientAddress);
        Tell("Helo", IPAddress.TryParse(envelope.Helo, out _) ? null : envelope.Helo);
        Tell("From", envelope.ReversePath is { } sender ? sender.ToString() : "<>");
        Tell("User", envelope.Login?.ToString());
        foreach (var to in envelope.Recipients.Take(MostRecipients))
            Tell("Rcpt", to.Original.ToString());
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    // The message, read when it is sent.
    private sealed class ReaderContent(ISpoolReader reader) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context) => await CopyAsync(stream, CancellationToken.None);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
            await CopyAsync(stream, cancellationToken);

        protected override bool TryComputeLength(out long length)
        {
            length = reader.Length;
            return true;
        }

        private async Task CopyAsync(Stream stream, CancellationToken cancellationToken)
        {
            var block = new byte[64 * 1024];
            while (await reader.ReadAsync(block, cancellationToken) is > 0 and var count)
                await stream.WriteAsync(block.AsMemory(0, count), cancellationToken);
        }
    }
}
