// Waits until everything answers.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Local;

/// <summary>Asks each port in turn: the mail ports for a connection, the web port for the function app's health.</summary>
internal sealed class Readiness(Ports ports, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    /// <summary>Waits.</summary>
    /// <returns>Null when everything answers; else what did not within a minute.</returns>
    public async Task<string?> WaitAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        foreach (var port in (int[])[ports.Smtp, ports.Submission, ports.Submissions, ports.Pop3, ports.Pop3s])
        {
            while (!await ConnectsAsync(port, cancellationToken))
            {
                if (time.GetElapsedTime(started) > Limit)
                    return $"The gateway does not answer on port {port}; what it said stands above.";
                await Task.Delay(Poll, time, cancellationToken);
            }
        }
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var health = new Uri($"http://{Ports.At(ports.Web)}/web/health");
        while (!await IsHealthyAsync(client, health, cancellationToken))
        {
            if (time.GetElapsedTime(started) > Limit)
                return $"The function app does not answer 200 to {health}; what it said stands above.";
            await Task.Delay(Poll, time, cancellationToken);
        }
        return null;
    }

    private static async Task<bool> ConnectsAsync(int port, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static async Task<bool> IsHealthyAsync(HttpClient client, Uri health, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await client.GetAsync(health, cancellationToken);
            return answer.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
