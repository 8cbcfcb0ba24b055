// A certificate authority in the test's process, over real HTTPS, that does what RFC 8555 says or what its script says.
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace MailFunctions.Rig.Acme;

/// <summary>The authority. What a request does wrong by RFC 8555 is kept in <see cref="Faults"/> and refused.</summary>
public sealed class ScriptedAuthority : IAsyncDisposable
{
    private readonly AuthorityScript _script;
    private readonly TestCertificates _certificates;
    private readonly TimeProvider _clock;
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, bool> _nonces = new();
    private readonly ConcurrentDictionary<string, JsonObject> _accounts = new(); // the keys by address
    private readonly Dictionary<string, string> _authorizations = []; // states by name
    private readonly CancellationTokenSource _stop = new();
    private int _badNonces;
    private int _nonce;
    private int _pending;
    private string[] _names = [];
    private byte[]? _request;
    private string? _chain;

    private ScriptedAuthority(AuthorityScript script, TestCertificates certificates, TimeProvider clock, IPAddress address)
    {
        (_script, _certificates, _clock, _badNonces, _pending) = (script, certificates, clock, script.BadNonces, script.Pending);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            address, 0, listen => listen.UseHttps(certificates.ForServer(address)).Protocols = HttpProtocols.Http1));
        _app = builder.Build();
        _app.Run(AnswerAsync);
    }

    /// <summary>Where it is.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Its directory.</summary>
    public Uri Directory => new($"{Address}/directory");

    /// <summary>What was asked for, in order.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>What clients did wrong.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    /// <summary>The contacts of accounts.</summary>
    public ConcurrentQueue<string> Contacts { get; } = [];

    /// <summary>What orders said they replace.</summary>
    public ConcurrentQueue<string> Replaced { get; } = [];

    /// <summary>How many certificates were issued.</summary>
    public int Issued { get; private set; }

    /// <summary>Completes when what is never answered has been asked for.</summary>
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts one.</summary>
    public static async Task<ScriptedAuthority> StartAsync(
        AuthorityScript script, TestCertificates certificates, TimeProvider clock, string address = "127.0.0.8")
    {
        var authority = new ScriptedAuthority(script, certificates, clock, IPAddress.Parse(address));
        await authority._app.StartAsync();
        authority.Address = authority._app.Urls.Single();
        return authority;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _app.DisposeAsync();
        _stop.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var (what, rest) = context.Request.Path.Value!.Split('/', 3) is ["", var first, .. var others] ? (first, others.FirstOrDefault() ?? "") : ("", "");
        Asked.Enqueue(what);
        context.Response.Headers["Replay-Nonce"] = NewNonce();
        if (_script.Silent == what)
        {
            Waiting.TrySetResult();
            using var end = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token, context.RequestAborted);
            await Task.Delay(Timeout.Infinite, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        if (_script.Answers.TryGetValue(what, out var raw))
        {
            await WriteAsync(context, raw);
            return;
        }
        await WriteAsync(context, what switch
        {
            "directory" => Directories(),
            "nonce" => new RawAnswer(200, ""),
            "renewal" => Renewal(),
            _ => await SignedAsync(context, what, rest),
        });
    }

    private RawAnswer Directories()
    {
        var at = Address.Replace("https:", $"{_script.Scheme}:", StringComparison.Ordinal);
        var meta = new JsonObject { ["termsOfService"] = _script.Terms, ["externalAccountRequired"] = _script.ExternalKey is not null };
        var all = new JsonObject { ["newNonce"] = $"{at}/nonce", ["newAccount"] = $"{at}/account", ["newOrder"] = $"{at}/order", ["meta"] = meta };
        if (_script.Window is not null || _script.RefusesReplacing)
            all["renewalInfo"] = $"{at}/renewal";
        return new RawAnswer(200, all.ToJsonString());
    }

    private RawAnswer Renewal() => _script.Window is { } window
        ? new RawAnswer(200, new JsonObject { ["suggestedWindow"] = new JsonObject { ["start"] = window.Start, ["end"] = window.End } }.ToJsonString())
        : RawAnswer.Problem(404, "malformed", "no such certificate");

    private async Task<RawAnswer> SignedAsync(HttpContext context, string what, string rest)
    {
        using var reader = new StreamReader(context.Request.Body);
        var request = SignedRequest.Read(await reader.ReadToEndAsync());
        if (!_nonces.TryRemove((string)request.Head["nonce"]!, out _))
            return Wrong("badNonce", "a nonce of another time");
        if (_badNonces-- > 0)
            return RawAnswer.Problem(400, "badNonce", "not this one");
        if (context.Request.ContentType != "application/jose+json" || context.Request.Headers.UserAgent.Count == 0)
            return Wrong("malformed", "the fields of the request");
        if ((string)request.Head["url"]! != $"{Address}{context.Request.Path}")
            return Wrong("unauthorized", "the signed address");
        var key = what == "account" ? request.Head["jwk"]!.AsObject() : _accounts.GetValueOrDefault((string?)request.Head["kid"] ?? "");
        if (key is null)
            return RawAnswer.Problem(400, "accountDoesNotExist", "nobody of this address");
        if (!request.IsBy(key))
            return Wrong("malformed", "the signature");
        return what switch
        {
            "account" => NewAccount(context, request, key),
            "order" when rest.Length == 0 => NewOrder(context, request),
            "order" => Order(context),
            "authorization" => Authorization(context, rest),
            "challenge" => await ChallengeAsync(rest, request, key),
            "finalize" => FinalizeOrder(context, request),
            "certificate" => new RawAnswer(200, _script.Deliver(_chain!), "application/pem-certificate-chain"),
            _ => RawAnswer.Problem(404, "malformed", "nothing of this name"),
        };
    }

    private RawAnswer NewAccount(HttpContext context, SignedRequest request, JsonObject key)
    {
        var wish = request.Json;
        if (_script.Terms is not null && (bool?)wish["termsOfServiceAgreed"] != true)
            return Wrong("userActionRequired", "the terms");
        if (_script.ExternalKey is { } secret)
        {
            var binding = SignedRequest.Read(wish["externalAccountBinding"]!);
            var isOurs = (string)binding.Head["url"]! == $"{Address}/account" && (string)binding.Head["kid"]! == "kid-1";
            if (!isOurs || !binding.IsBy(secret) || binding.Payload != key.ToJsonString())
                return Wrong("malformed", "the binding");
        }
        foreach (var contact in wish["contact"]?.AsArray() ?? [])
            Contacts.Enqueue((string)contact!);
        var thumbprint = Thumbprint(key);
        var known = _accounts.ContainsKey($"{Address}/accounts/{thumbprint}");
        _accounts[$"{Address}/accounts/{thumbprint}"] = key.DeepClone().AsObject();
        context.Response.Headers.Location = $"{Address}/accounts/{thumbprint}";
        return new RawAnswer(known ? 200 : 201, """{"status":"valid"}""");
    }

    private RawAnswer NewOrder(HttpContext context, SignedRequest request)
    {
        var wish = request.Json;
        if ((string?)wish["replaces"] is { } replaces)
        {
            if (_script.RefusesReplacing)
                return RawAnswer.Problem(409, "alreadyReplaced", "replaced before");
            Replaced.Enqueue(replaces);
        }
        _names = [.. wish["identifiers"]!.AsArray().Select(id => (string)id!["value"]!)];
        foreach (var name in _names)
            _authorizations[name] = _script.Known.Contains(name) ? "valid" : "pending";
        (_request, _chain) = (null, null);
        context.Response.Headers.Location = $"{Address}/order/1";
        return new RawAnswer(201, OrderText());
    }

    private RawAnswer Order(HttpContext context)
    {
        if (_request is not null && _chain is null && !Waits(context))
        {
            var now = _clock.GetUtcNow();
            _chain = _certificates.Issue(_request, now.AddHours(-1), now.AddDays(90).AddHours(-1));
            Issued++;
        }
        return new RawAnswer(200, OrderText());
    }

    private string OrderText()
    {
        var proved = _names.All(name => _authorizations[name] == "valid");
        var order = new JsonObject
        {
            ["status"] = proved && _script.OrderState is { } state ? state
                : _chain is not null ? "valid" : _request is not null ? "processing" : proved ? "ready" : "pending",
            ["identifiers"] = new JsonArray([.. _names.Select((name, i) => Identifier(i == 0 ? _script.OtherName ?? name : name))]),
            ["authorizations"] = new JsonArray([.. _names.Select(name => (JsonNode)$"{Address}/authorization/{name}")]),
            ["finalize"] = $"{Address}/finalize/1",
        };
        if (_chain is not null)
            order["certificate"] = $"{Address}/certificate/1";
        return order.ToJsonString();
    }

    private static JsonObject Identifier(string name) => new() { ["type"] = "dns", ["value"] = name };

    private RawAnswer Authorization(HttpContext context, string name)
    {
        var state = _authorizations[name];
        var shown = state == "looking" ? Waits(context) ? "pending" : _authorizations[name] = "valid" : state;
        var challenge = new JsonObject
        {
            ["type"] = _script.OffersNothing ? "smoke-01" : "", ["url"] = $"{Address}/challenge/{name}", ["token"] = _script.Token, ["status"] = shown,
        };
        if (shown == "invalid")
            challenge["error"] = new JsonObject { ["type"] = "urn:ietf:params:acme:error:unauthorized", ["detail"] = "nothing\u001b[31m there" };
        var offers = _script.OffersNothing ? [challenge] : new[] { "tls-alpn-01", "dns-01", "http-01" }.Select(type => Typed(challenge, type)).ToArray();
        return new RawAnswer(200, new JsonObject
        {
            ["status"] = shown, ["identifier"] = Identifier(name), ["challenges"] = new JsonArray(offers),
        }.ToJsonString());

        static JsonObject Typed(JsonObject challenge, string type)
        {
            var typed = challenge.DeepClone().AsObject();
            typed["type"] = type;
            return typed;
        }
    }

    private async Task<RawAnswer> ChallengeAsync(string name, SignedRequest request, JsonObject key)
    {
        if (request.Payload != "{}")
            return Wrong("malformed", "the answer to a challenge");
        var proved = _script.Look is not { } look || await look(name, _script.Token, $"{_script.Token}.{Thumbprint(key)}");
        _authorizations[name] = proved ? "looking" : "invalid";
        return new RawAnswer(200, """{"status":"processing"}""");
    }

    private RawAnswer FinalizeOrder(HttpContext context, SignedRequest request)
    {
        if (_names.Any(name => _authorizations[name] != "valid"))
            return Wrong("orderNotReady", "the time of finalizing");
        _pending = _script.Pending;
        _request = Base64Url.DecodeFromChars((string)request.Json["csr"]!);
        return new RawAnswer(200, OrderText());
    }

    private bool Waits(HttpContext context)
    {
        if (_pending-- <= 0)
            return false;
        if (_script.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = after;
        return true;
    }

    private RawAnswer Wrong(string type, string what)
    {
        Faults.Enqueue(what);
        return RawAnswer.Problem(400, type, what);
    }

    private string NewNonce()
    {
        var nonce = string.Create(CultureInfo.InvariantCulture, $"nonce-{Interlocked.Increment(ref _nonce)}");
        _nonces[nonce] = true;
        return nonce;
    }

    private static string Thumbprint(JsonObject jwk) => Base64Url.EncodeToString(SHA256.HashData(Encoding.ASCII.GetBytes(
        $$"""{"crv":"{{jwk["crv"]}}","kty":"{{jwk["kty"]}}","x":"{{jwk["x"]}}","y":"{{jwk["y"]}}"}""")));

    private static async Task WriteAsync(HttpContext context, RawAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = answer.MediaType;
        if (answer.RetryAfter is { } after)
            context.Response.Headers.RetryAfter = after;
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.WriteAsync(answer.Body);
    }
}
