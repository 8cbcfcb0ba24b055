// What the gateway counts for whoever watches it.
using System.Diagnostics.Metrics;
using MailFunctions.Smtp;

namespace MailFunctions.Gateway.Connections;

/// <summary>The instruments of the meter <see cref="MeterName"/>. Limits are named as in the configuration.</summary>
internal sealed class GatewayMetrics
{
    /// <summary>The meter's name.</summary>
    public const string MeterName = "MailFunctions.Gateway";

    private readonly UpDownCounter<int> _connections;
    private readonly Counter<int> _refused;
    private readonly Counter<int> _limits;
    private readonly Counter<int> _messages;
    private readonly Counter<int> _blocklisted;

    public GatewayMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _connections = meter.CreateUpDownCounter<int>("mailfunctions.gateway.connections", "{connection}", "Open connections");
        _refused = meter.CreateCounter<int>("mailfunctions.gateway.refused", "{connection}", "Connections that came to no session");
        _limits = meter.CreateCounter<int>("mailfunctions.gateway.limits", "{hit}", "Limits reached");
        _messages = meter.CreateCounter<int>("mailfunctions.gateway.messages", "{message}", "Messages received to their end");
        _blocklisted = meter.CreateCounter<int>("mailfunctions.gateway.blocklisted", "{connection}", "Connections of clients that a blocklist has");
    }

    /// <summary>A session begins.</summary>
    public void Entered(Listener listener) => _connections.Add(1, Tag("listener", listener.Name));

    /// <summary>It has ended.</summary>
    public void Left(Listener listener) => _connections.Add(-1, Tag("listener", listener.Name));

    /// <summary>A connection came to no session.</summary>
    public void Refused(Listener listener, string reason) => _refused.Add(1, Tag("listener", listener.Name), Tag("reason", reason));

    /// <summary>A limit was reached.</summary>
    public void LimitHit(string limit) => _limits.Add(1, Tag("limit", limit));

    /// <summary>A message was received to its end and answered.</summary>
    public void Answered(Reply reply) => _messages.Add(1, Tag("result", reply.IsSuccess ? "accepted" : reply.Code >= 500 ? "refused" : "deferred"));

    /// <summary>A client's address is on a blocklist.</summary>
    public void Blocklisted(string zone) => _blocklisted.Add(1, Tag("zone", zone));

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
