// The ports of the local run.
using System.Net;
using System.Net.Sockets;

namespace MailFunctions.Local;

/// <summary>Where everything listens on 127.0.0.1: the usual port numbers, made free of privileges, plus an offset.</summary>
internal sealed record Ports(int Offset)
{
    /// <summary>The highest of them without offset.</summary>
    public const int Highest = 10_002;

    /// <summary>Mail from other servers.</summary>
    public int Smtp => 2525 + Offset;

    /// <summary>Mail from our users, STARTTLS.</summary>
    public int Submission => 2587 + Offset;

    /// <summary>Mail from our users, TLS from the start.</summary>
    public int Submissions => 2465 + Offset;

    /// <summary>Mailboxes, STLS.</summary>
    public int Pop3 => 2110 + Offset;

    /// <summary>Mailboxes, TLS from the start.</summary>
    public int Pop3s => 2995 + Offset;

    /// <summary>The function app's HTTP routes.</summary>
    public int Web => 2080 + Offset;

    /// <summary>Azurite's blobs; its queues and tables take the next two.</summary>
    public int Azurite => 10_000 + Offset;

    /// <summary>A port as an address.</summary>
    public static string At(int port) => $"127.0.0.1:{port}";

    /// <summary>What is wrong if one of the ports is taken; null if all are free.</summary>
    /// <param name="withAzurite">Whether Azurite's ports are needed too.</param>
    public string? FindTaken(bool withAzurite)
    {
        var all = new List<(string Service, int Port)>
        {
            ("SMTP", Smtp), ("submission", Submission), ("submissions", Submissions), ("POP3", Pop3), ("POP3S", Pop3s), ("web", Web),
        };
        if (withAzurite)
            all.AddRange([("Azurite's blobs", Azurite), ("Azurite's queues", Azurite + 1), ("Azurite's tables", Azurite + 2)]);
        foreach (var (service, port) in all)
        {
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
            }
            catch (SocketException)
            {
                return $"Port {port} for {service} is taken: stop the program that has it, or use --port-offset to take other ports.";
            }
        }
        return null;
    }
}
