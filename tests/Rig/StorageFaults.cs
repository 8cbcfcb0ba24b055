// Makes calls to storage go wrong in the ways in which they do.
using System.Net.Sockets;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Rig;

/// <summary>How a call goes wrong.</summary>
public enum StorageFault
{
    /// <summary>The service does its work, and its answer is lost with the connection.</summary>
    LostAnswer,

    /// <summary>The connection is reset before the request is sent.</summary>
    ConnectionReset,

    /// <summary>The service answers 503 and does nothing.</summary>
    BusyBefore,

    /// <summary>The service does its work and answers 503 all the same.</summary>
    BusyAfter,
}

/// <summary>A policy that breaks chosen calls.</summary>
public sealed class StorageFaults : HttpPipelinePolicy
{
    private readonly Lock _gate = new();
    private readonly List<Planned> _planned = [];

    private sealed class Planned(StorageFault fault, Func<Request, bool> match, int first, int last)
    {
        private int _seen;

        public StorageFault Fault => fault;

        public bool Hits(Request request) => match(request) && ++_seen >= first && _seen <= last;
    }

    /// <summary>How many calls were broken.</summary>
    public int Injected { get; private set; }

    /// <summary>Breaks one call: the <paramref name="nth"/>, counted from 1, of those that are named so by <see cref="StorageCalls.NameOf(Azure.Core.Request)"/>.</summary>
    public void Break(string call, StorageFault fault, int nth = 1) => Break(request => StorageCalls.NameOf(request) == call, fault, nth, nth);

    /// <summary>Breaks those calls that match, from the <paramref name="first"/> to the <paramref name="last"/>, counted from 1.</summary>
    public void Break(Func<Request, bool> match, StorageFault fault, int first = 1, int last = int.MaxValue)
    {
        lock (_gate)
            _planned.Add(new Planned(fault, match, first, last));
    }

    /// <summary>From now on all is well.</summary>
    public void Stop()
    {
        lock (_gate)
            _planned.Clear();
    }

    /// <inheritdoc/>
    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var fault = Next(message.Request);
        if (fault is StorageFault.LostAnswer or StorageFault.BusyAfter or null)
            await ProcessNextAsync(message, pipeline);
        switch (fault)
        {
            case StorageFault.LostAnswer or StorageFault.ConnectionReset:
                if (message.HasResponse)
                    message.Response.Dispose();
                // As the HTTP transport tells it.
                throw new RequestFailedException("The connection was reset.", new HttpRequestException("reset", new SocketException((int)SocketError.ConnectionReset)));
            case StorageFault.BusyBefore or StorageFault.BusyAfter:
                message.Response = new CannedResponse(503, "ServerBusy");
                break;
        }
    }

    /// <inheritdoc/>
    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException("All calls are asynchronous.");

    private StorageFault? Next(Request request)
    {
        lock (_gate)
        {
            StorageFault? fault = null;
            foreach (var planned in _planned)
            {
                if (planned.Hits(request))
                    fault ??= planned.Fault;
            }
            if (fault is not null)
                Injected++;
            return fault;
        }
    }
}
