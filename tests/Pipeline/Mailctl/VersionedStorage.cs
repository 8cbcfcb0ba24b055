// A storage service that keeps versions of mailbox copies, in front of Azurite, which keeps none.
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MailFunctions.Pipeline.Mailctl;

/// <summary>
/// Passes requests on, but keeps what the container <c>mailboxes</c> loses, lists it where versions are asked for, and copies it back: as the service documents
/// List Blobs, Copy Blob and the change from current blob to version.
/// </summary>
internal sealed class VersionedStorage : IAsyncDisposable
{
    private static readonly HashSet<string> NotPassedOn =
        new(["Host", "Transfer-Encoding", "Connection", "Keep-Alive"], StringComparer.OrdinalIgnoreCase);

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, List<Kept>> _versions = new(StringComparer.Ordinal);
    private readonly HttpClient _azurite = new();
    private readonly BlobContainerClient _mailboxes;
    private readonly Uri _origin;
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, string> _copies = new();
    private int _number;

    private sealed record Kept(string Id, byte[] Content, IDictionary<string, string> Metadata, DateTimeOffset Stored);

    private VersionedStorage(string storage)
    {
        _mailboxes = new BlobContainerClient(storage, "mailboxes");
        _origin = new Uri(_mailboxes.Uri.GetLeftPart(UriPartial.Authority));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>How often a restored copy's answer is to be lost.</summary>
    public int LostAnswers { get; set; }

    /// <summary>The connection string of the account, by way of this service.</summary>
    public string Storage { get; private set; } = "";

    public static async Task<VersionedStorage> StartAsync(string storage)
    {
        var service = new VersionedStorage(storage);
        await service._app.StartAsync();
        var address = service._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        service.Storage = storage.Replace(service._origin.ToString().TrimEnd('/'), address, StringComparison.Ordinal);
        return service;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _azurite.Dispose();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        var name = request.Path.Value!.Split('/', 4) is [_, _, "mailboxes", var blob] ? Uri.UnescapeDataString(blob) : null; // a slash within a name is still %2F
        if (name is null && request.Query["comp"] == "list" && request.Query["include"].ToString().Contains("versions", StringComparison.OrdinalIgnoreCase))
            return ListAsync(context);
        if (name is not null && request.Headers.TryGetValue("x-ms-copy-source", out var source))
            return CopyAsync(context, name, new Uri(source.ToString()).Query.Split("versionid=")[1]);
        return PassOnAsync(context, name);
    }

    private async Task PassOnAsync(HttpContext context, string? name)
    {
        var request = context.Request;
        if (name is not null && (request.Method == "DELETE" || (request.Method == "PUT" && !request.Query.ContainsKey("comp"))))
            await KeepAsync(name);
        using var passed = new HttpRequestMessage(new HttpMethod(request.Method), new Uri(_origin, $"{request.Path.ToUriComponent()}{request.QueryString}"));
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);
        if (body.Length > 0 || request.Method == "PUT")
            passed.Content = new ByteArrayContent(body.ToArray());
        foreach (var (key, value) in request.Headers.Where(header => !NotPassedOn.Contains(header.Key)))
        {
            if (!passed.Headers.TryAddWithoutValidation(key, value.ToString()))
                passed.Content?.Headers.TryAddWithoutValidation(key, value.ToString());
        }
        using var answer = await _azurite.SendAsync(passed);
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (key, values) in answer.Headers.Concat(answer.Content.Headers).Where(header => !NotPassedOn.Contains(header.Key)))
            context.Response.Headers[key] = values.ToArray();
        if (request.Method == "HEAD" && name is not null && _copies.TryGetValue(name, out var copy))
            TellOfCopy(context.Response, copy);
        await answer.Content.CopyToAsync(context.Response.Body);
    }

    private static void TellOfCopy(HttpResponse response, string copy)
    {
        response.Headers["x-ms-copy-id"] = copy;
        response.Headers["x-ms-copy-status"] = "success";
    }

    private async Task KeepAsync(string name)
    {
        try
        {
            var current = (await _mailboxes.GetBlobClient(name).DownloadContentAsync()).Value;
            lock (_gate)
            {
                if (!_versions.TryGetValue(name, out var kept))
                    _versions[name] = kept = [];
                var id = DateTimeOffset.UnixEpoch.AddSeconds(++_number).ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);
                kept.Add(new Kept(id, current.Content.ToArray(), current.Details.Metadata, current.Details.LastModified));
            }
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // Nothing to keep.
        }
    }

    private async Task CopyAsync(HttpContext context, string name, string version)
    {
        Kept? kept;
        lock (_gate)
            kept = _versions.GetValueOrDefault(name)?.Find(candidate => candidate.Id == Uri.UnescapeDataString(version));
        try
        {
            if (kept is null)
                throw new RequestFailedException(404, "gone", "BlobNotFound", null);
            await KeepAsync(name);
            var headers = context.Request.Headers;
            var conditions = new BlobRequestConditions
            {
                IfMatch = headers.IfMatch is [var tag, ..] ? new ETag(tag!) : null, IfNoneMatch = headers.IfNoneMatch.Count > 0 ? ETag.All : null,
            };
            var made = await _mailboxes.GetBlobClient(name).UploadAsync(
                new BinaryData(kept.Content), new BlobUploadOptions { Conditions = conditions, Metadata = kept.Metadata });
            if (LostAnswers-- > 0)
            {
                context.Abort();
                return;
            }
            context.Response.StatusCode = 202;
            context.Response.Headers.ETag = made.Value.ETag.ToString("H");
            context.Response.Headers.LastModified = made.Value.LastModified.ToString("R", CultureInfo.InvariantCulture);
            TellOfCopy(context.Response, _copies[name] = Guid.NewGuid().ToString());
        }
        catch (RequestFailedException error)
        {
            context.Response.StatusCode = error.Status;
            context.Response.Headers["x-ms-error-code"] = error.ErrorCode;
        }
    }

    private async Task ListAsync(HttpContext context)
    {
        var prefix = context.Request.Query["prefix"].ToString();
        var current = await _mailboxes.GetBlobsAsync(BlobTraits.Metadata, BlobStates.None, prefix, default)
            .Select(item => (item.Name, Xml: XmlOf(
                item.Name, "9999-12-31T00:00:00.0000000Z", "<IsCurrentVersion>true</IsCurrentVersion>", item.Properties.ContentLength ?? 0,
                item.Properties.LastModified ?? default, item.Properties.ETag.ToString()!, item.Metadata)))
            .ToListAsync();
        lock (_gate)
        {
            current.AddRange(_versions.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).SelectMany(pair => pair.Value.Select(
                kept => (pair.Key, XmlOf(pair.Key, kept.Id, "", kept.Content.Length, kept.Stored, "0x1", kept.Metadata)))));
        }
        var items = string.Concat(current.OrderBy(item => item.Name, StringComparer.Ordinal).ThenBy(item => item.Xml, StringComparer.Ordinal).Select(item => item.Xml));
        context.Response.ContentType = "application/xml";
        await context.Response.WriteAsync(
            $"<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"mailboxes\"><Blobs>{items}</Blobs><NextMarker /></EnumerationResults>", Encoding.UTF8);
    }

    private static string XmlOf(
        string name, string version, string current, long length, DateTimeOffset stored, string tag, IDictionary<string, string> metadata) =>
        $"<Blob><Name>{SecurityElement.Escape(name)}</Name><VersionId>{version}</VersionId>{current}<Properties><Last-Modified>{stored:R}</Last-Modified>"
        + $"<Etag>{SecurityElement.Escape(tag)}</Etag><Content-Length>{length}</Content-Length><BlobType>BlockBlob</BlobType></Properties><Metadata>"
        + string.Concat(metadata.Select(pair => $"<{pair.Key}>{SecurityElement.Escape(pair.Value)}</{pair.Key}>")) + "</Metadata></Blob>";
}
