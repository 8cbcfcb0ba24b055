// Key Vault and Azure DNS as far as certificates need them, over real HTTPS.
using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace MailFunctions.Rig.Acme;

/// <summary>Keeps what is put, by path, and gives it back; notes who asked with what.</summary>
public sealed class ScriptedAzure : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedAzure(TestCertificates certificates, IPAddress address)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address, 0, listen => listen.UseHttps(certificates.ForServer(address))));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it is.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>What was put.</summary>
    public ConcurrentDictionary<string, JsonNode> Kept { get; } = [];

    /// <summary>Method, path with query, and token of each request.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>What every request gets; null for the right answer.</summary>
    public RawAnswer? Answer { get; set; }

    public static async Task<ScriptedAzure> StartAsync(TestCertificates certificates)
    {
        var azure = new ScriptedAzure(certificates, IPAddress.Parse("127.0.0.7"));
        await azure._app.StartAsync();
        azure.Address = new Uri($"{azure._app.Urls.Single()}/");
        return azure;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        Asked.Enqueue($"{request.Method} {request.Path}{request.QueryString} {request.Headers.Authorization}");
        var answer = Answer;
        if (answer is null && HttpMethods.IsPut(request.Method))
        {
            var body = await JsonNode.ParseAsync(request.Body);
            Kept[request.Path] = body!;
            answer = new RawAnswer(200, body!.ToJsonString());
        }
        answer ??= Kept.TryGetValue(request.Path, out var kept)
            ? new RawAnswer(200, kept.ToJsonString())
            : new RawAnswer(404, """{"error":{"code":"SecretNotFound","message":"A secret with (name/id) x was not found."}}""");
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.MediaType;
        await context.Response.WriteAsync(answer.Body);
    }
}
