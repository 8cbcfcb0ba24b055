// Counts the calls to storage by the names they have in the service's documentation.
using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;

namespace MailFunctions.Rig;

/// <summary>A policy that notes every call that is sent, in order: <c>Put Blob</c>, <c>Get Messages</c> and so on.</summary>
public sealed class StorageCalls : HttpPipelineSynchronousPolicy
{
    private readonly ConcurrentQueue<string> _names = new();

    /// <summary>The calls so far.</summary>
    public IReadOnlyList<string> Names => [.. _names];

    /// <summary>Forgets the calls so far.</summary>
    public void Clear() => _names.Clear();

    /// <inheritdoc/>
    public override void OnSendingRequest(HttpMessage message) => _names.Enqueue(NameOf(message.Request));

    /// <summary>The name of a call to a path-style endpoint (<c>/account/container/blob</c>), as Azurite has.</summary>
    public static string NameOf(Request request) =>
        NameOf(request.Method, request.Uri.ToUri(), request.Headers.TryGetValue("x-ms-lease-action", out var action) ? action : "");

    /// <summary>The same of a call that came over the wire.</summary>
    public static string NameOf(RequestMethod method, Uri uri, string leaseAction)
    {
        var path = uri.AbsolutePath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var query = uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries);
        var comp = query.FirstOrDefault(part => part.StartsWith("comp=", StringComparison.Ordinal))?[5..];
        var verb = method.Method;
        if (path.Length >= 3 && path[2] == "messages")
        {
            return verb switch
            {
                "POST" => "Put Message",
                "GET" => query.Contains("peekonly=true") ? "Peek Messages" : "Get Messages",
                "DELETE" => "Delete Message",
                _ => "Update Message",
            };
        }
        if (path.Length <= 2)
            return comp == "list" ? "List Blobs" : $"{verb} {comp ?? "container or queue"}";
        return (verb, comp) switch
        {
            ("PUT", null) => "Put Blob",
            ("PUT", "block") => "Put Block",
            ("PUT", "blocklist") => "Put Block List",
            ("PUT", "lease") => $"Lease Blob {leaseAction}",
            ("GET", null) => "Get Blob",
            ("HEAD", null) => "Get Blob Properties",
            ("DELETE", null) => "Delete Blob",
            _ => $"{verb} {comp}",
        };
    }
}
