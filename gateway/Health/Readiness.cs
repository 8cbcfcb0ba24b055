// Whether this gateway is to be sent clients.
using MailFunctions.Gateway.Connections;

namespace MailFunctions.Gateway.Health;

/// <summary>Ready means: every listener is open, the certificate is good, storage answers, and nobody has told the process to stop.</summary>
internal sealed class Readiness(IHostApplicationLifetime life, TlsListeners tls, StorageAnswers storage, TimeProvider time)
{
    /// <summary>What is in the way, in a few words without any secret; null if nothing is.</summary>
    public async Task<string?> ObstacleAsync(CancellationToken cancellationToken)
    {
        if (life.ApplicationStopping.IsCancellationRequested)
            return "stopping";
        if (!life.ApplicationStarted.IsCancellationRequested)
            return "starting";
        // One that cannot be loaded has failed the start.
        if (tls.Certificate is { } certificate && certificate.ExpiresAt <= time.GetUtcNow())
            return "certificate expired";
        return await storage.HaveComeAsync(cancellationToken) ? null : "storage does not answer";
    }
}
