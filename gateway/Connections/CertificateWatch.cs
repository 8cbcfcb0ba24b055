// Looks after the certificate: a new one is taken without a restart, an old one is told of.
namespace MailFunctions.Gateway.Connections;

/// <summary>
/// Looks at the certificate's files once a minute. Where they have changed they are read; what cannot be used changes nothing, and is tried again when
/// the files change again, as they do when certificate and key are replaced one after the other.
/// </summary>
internal sealed class CertificateWatch(GatewayOptions options, TlsListeners tls, TimeProvider time, ILogger<CertificateWatch> log) : BackgroundService
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <summary>From when on an expiry is told of, once a day.</summary>
    public static readonly TimeSpan Notice = TimeSpan.FromDays(21);

    private Stamp _seen = Stamp.Of(options.Tls);
    private DateTimeOffset _told = DateTimeOffset.MinValue;

    /// <summary>Looks once.</summary>
    public void Look()
    {
        var stamp = Stamp.Of(options.Tls);
        if (stamp != _seen)
        {
            _seen = stamp;
            try
            {
                tls.Replace(TlsCertificate.Load(options.Tls));
                log.CertificateReplaced(tls.Certificate!.ExpiresAt);
                _told = DateTimeOffset.MinValue;
            }
            catch (InvalidOperationException error)
            {
                log.CertificateNotReplaced(error.Message);
            }
        }
        var now = time.GetUtcNow();
        if (tls.Certificate is { } certificate && certificate.ExpiresAt - now < Notice && now - _told >= TimeSpan.FromDays(1))
        {
            _told = now;
            log.CertificateExpires(certificate.ExpiresAt);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (tls.Certificate is null)
            return;
        try
        {
            for (; ; )
            {
                Look();
                await Task.Delay(Interval, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // the gateway stops
        }
    }

    // What the files look like from outside. Links are followed: they are how certificates are usually replaced.
    private readonly record struct Stamp(DateTime Written, long Octets, DateTime KeyWritten, long KeyOctets)
    {
        public static Stamp Of(TlsOptions options)
        {
            var (written, octets) = Of(options.Certificate);
            var (keyWritten, keyOctets) = Of(options.Key);
            return new Stamp(written, octets, keyWritten, keyOctets);
        }

        private static (DateTime Written, long Octets) Of(string? path)
        {
            if (string.IsNullOrEmpty(path))
                return default;
            try
            {
                using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                return (File.GetLastWriteTimeUtc(file), RandomAccess.GetLength(file));
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                return default; // gone for the moment in which it is replaced, or for good: reading it will say
            }
        }
    }
}
