// Which servers are asked, and how patiently: from a list in the configuration or from the system's file.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace MailFunctions.Dns;

/// <summary>The servers to ask, in order, and what the system says about how to ask them.</summary>
/// <param name="Servers">At least one.</param>
/// <param name="Timeout">How long to wait for a server, if that is said.</param>
/// <param name="Attempts">How often to ask it, if that is said.</param>
/// <param name="Rotates">Whether questions begin with each server in turn.</param>
internal sealed record ServerList(IReadOnlyList<IPEndPoint> Servers, TimeSpan? Timeout, int? Attempts, bool Rotates)
{
    private const int Port = 53;
    private const int MaxSystemServers = 3; // resolv.conf(5), MAXNS
    private const int MaxTimeout = 30;      // resolv.conf(5): values above are capped, for both options
    private const int MaxAttempts = 5;

    /// <summary>Reads <see cref="DnsOptions.Server"/>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ServerList? list)
    {
        list = null;
        var servers = new List<IPEndPoint>();
        foreach (var part in text.AsSpan().Split(','))
        {
            if (!TryParseServer(text.AsSpan(part).Trim(), out var server))
                return false;
            servers.Add(server);
        }
        list = new ServerList(servers, null, null, Rotates: false);
        return true;
    }

    /// <summary>
    /// Reads the lines of the system's file. Lines that cannot be read are passed over; without any server the one on this host is asked.
    /// </summary>
    public static ServerList OfSystem(IEnumerable<string> lines)
    {
        var list = new ServerList([], null, null, Rotates: false);
        var servers = new List<IPEndPoint>();
        foreach (var line in lines)
        {
            var words = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            if (words is ["nameserver", var address, ..] && servers.Count < MaxSystemServers && IPAddress.TryParse(address, out var server))
                servers.Add(new IPEndPoint(server, Port));
            if (words is not ["options", .. var options])
                continue;
            foreach (var option in options)
            {
                if (option == "rotate")
                    list = list with { Rotates = true };
                else if (TryReadNumber(option, "timeout:", out var seconds))
                    list = list with { Timeout = TimeSpan.FromSeconds(Math.Min(seconds, MaxTimeout)) };
                else if (TryReadNumber(option, "attempts:", out var attempts))
                    list = list with { Attempts = Math.Min(attempts, MaxAttempts) };
            }
        }
        if (servers.Count == 0)
            servers.Add(new IPEndPoint(IPAddress.Loopback, Port));
        return list with { Servers = servers };
    }

    /// <summary>The servers that the configuration wants.</summary>
    /// <exception cref="FormatException">The configuration is wrong; the message names the key.</exception>
    public static ServerList Of(DnsOptions options)
    {
        if (options.Check() is { } fault)
            throw new FormatException(fault);
        if (options.Server is not null && TryParse(options.Server, out var given))
            return given;
        try
        {
            return OfSystem(File.ReadLines(options.SystemFile));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return OfSystem([]);
        }
    }

    private static bool TryParseServer(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPEndPoint? server)
    {
        // A mere number would be read as an address, and somebody meant it for a port.
        if (!text.ContainsAny('.', ':') || !IPEndPoint.TryParse(text, out server))
        {
            server = null;
            return false;
        }
        if (server.Port == 0)
            server.Port = Port;
        return true;
    }

    private static bool TryReadNumber(string option, string key, out int number)
    {
        number = 0;
        return option.StartsWith(key, StringComparison.Ordinal)
            && int.TryParse(option.AsSpan(key.Length), NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number > 0;
    }
}
