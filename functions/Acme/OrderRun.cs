// One order: from the names to the certificate (RFC 8555 7.4).
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace MailFunctions.Acme;

/// <summary>Takes one order through its states; used once.</summary>
internal sealed class OrderRun(AcmeTransport transport, AcmeAccount account, IChallengeSolver solver, AcmeSeams seams)
{
    private static readonly byte[] Empty = "{}"u8.ToArray();

    private readonly DateTimeOffset _deadline = seams.Clock.GetUtcNow() + AcmeLimits.Order;
    private readonly List<Challenge> _published = [];

    /// <summary>Orders, proves, waits, and fetches.</summary>
    /// <exception cref="AcmeException">It did not come to a certificate.</exception>
    public async Task<IssuedCertificate> RunAsync(IReadOnlyList<string> names, string? replaces, CancellationToken cancellationToken)
    {
        var answer = await NewOrderAsync(names, replaces, cancellationToken);
        var url = BoundedHttp.Https(answer.Location, "the order's address");
        var order = ReadOrder(answer);
        if (!(order.Identifiers ?? []).Select(id => id.Value?.ToLowerInvariant()).ToHashSet().SetEquals(names))
            throw new AcmeException(AcmeTroubleKind.Malformed, $"{url.Host} made an order for other names than asked");
        await ProveAsync(order, names, cancellationToken);
        order = await WaitAsync(url, ["ready"], ["pending"], cancellationToken);

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new FinalizeJson(Base64Url.EncodeToString(IssuedCertificate.Request(names, key)));
        var finalize = BoundedHttp.Https(order.Finalize, "the order's finalize");
        await SendAsync(finalize, JsonSerializer.SerializeToUtf8Bytes(request, AcmeJson.Default.FinalizeJson), cancellationToken);
        order = await WaitAsync(url, ["valid"], ["processing", "ready"], cancellationToken);
        var chain = await SendAsync(BoundedHttp.Https(order.Certificate, "the certificate's address"), default, cancellationToken);
        return IssuedCertificate.Check(Encoding.Latin1.GetString(chain.Body.Span), key, names, seams.Clock.GetUtcNow());
    }

    // An authority may know nothing of what is replaced (RFC 9773 5), and then the order is made without that.
    private async Task<AcmeAnswer> NewOrderAsync(IReadOnlyList<string> names, string? replaces, CancellationToken cancellationToken)
    {
        var directory = await transport.DirectoryAsync(cancellationToken);
        var order = new NewOrderJson([.. names.Select(name => new IdentifierJson("dns", name))], directory.RenewalInfo is null ? null : replaces);
        try
        {
            return await SendAsync(directory.NewOrder, Bytes(order), cancellationToken);
        }
        catch (AcmeException error) when (order.Replaces is not null && error.Trouble.Kind == AcmeTroubleKind.Refused)
        {
            return await SendAsync(directory.NewOrder, Bytes(order with { Replaces = null }), cancellationToken);
        }

        static byte[] Bytes(NewOrderJson order) => JsonSerializer.SerializeToUtf8Bytes(order, AcmeJson.Default.NewOrderJson);
    }

    // All proofs are shown before the first is looked for, so that the wait until the world sees them is waited once.
    private async Task ProveAsync(OrderJson order, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var open = new List<(Uri Authorization, Uri Challenge, string Name)>();
        if (order.Authorizations is not { Count: > 0 } authorizations || authorizations.Count > names.Count)
            throw new AcmeException(AcmeTroubleKind.Malformed, "the order has no list of authorizations, or more than names");
        try
        {
            foreach (var text in authorizations)
            {
                var url = BoundedHttp.Https(text, "an authorization's address");
                var authorization = await ReadAuthorizationAsync(url, cancellationToken);
                if (authorization.Trouble is { } trouble)
                    throw new AcmeException(trouble);
                if (authorization.Status == "pending")
                    open.Add((url, await ShowAsync(authorization, names, cancellationToken), authorization.Name));
            }
            if (open.Count > 0 && solver.Settling > TimeSpan.Zero)
                await seams.WaitAsync(solver.Settling, cancellationToken);
            foreach (var (_, challenge, _) in open)
                await SendAsync(challenge, Empty, cancellationToken);
            foreach (var (url, _, name) in open)
                await WaitForAuthorizationAsync(url, name, cancellationToken);
        }
        finally
        {
            await WithdrawAsync();
        }
    }

    private async Task<Uri> ShowAsync(ReadAuthorization authorization, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var name = authorization.Name;
        if (!names.Contains(name))
            throw new AcmeException(AcmeTroubleKind.Malformed, $"the authority wants a proof of {Problems.Clean(name)}, which was not ordered");
        if (authorization.Challenges.FirstOrDefault(offered => offered.Type == solver.Type) is not { } offer)
            throw new AcmeException(AcmeTroubleKind.Refused, $"the authority does not take {solver.Type} for {name}");
        // RFC 8555 8: it becomes a path and an answer, so nothing else may be in it
        if (offer.Token is not { Length: > 0 and <= 256 } token || token.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('-' or '_')))
            throw new AcmeException(AcmeTroubleKind.Malformed, $"the authority's token for {name} is none");
        var challenge = new Challenge(name, token, account.Key.KeyAuthorization(token));
        _published.Add(challenge); // before it is: half of a failed attempt is taken away too
        await solver.PublishAsync(challenge, cancellationToken);
        return BoundedHttp.Https(offer.Url, "a challenge's address");
    }

    private async Task WaitForAuthorizationAsync(Uri url, string name, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var authorization = await ReadAuthorizationAsync(url, cancellationToken);
            if (authorization.Trouble is { } trouble)
                throw new AcmeException(trouble);
            if (authorization.Status == "valid")
                return;
            await PauseAsync(authorization.RetryAt, $"the proof of {name}", cancellationToken);
        }
    }

    private async Task<ReadAuthorization> ReadAuthorizationAsync(Uri url, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(url, default, cancellationToken);
        var read = AcmeTransport.Read(answer, AcmeJson.Default.AuthorizationJson, "authorization");
        var name = read.Identifier?.Value?.ToLowerInvariant() ?? "";
        var challenges = read.Challenges ?? [];
        var trouble = read.Status is "valid" or "pending" ? null : new AcmeTrouble(
            AcmeTroubleKind.NotValidated,
            $"{url.Host} could not see by {solver.Type} that {Problems.Clean(name)} is ours "
            + $"(authorization {Problems.Clean(read.Status ?? "without status")})"
            + (challenges.FirstOrDefault(tried => tried.Error is not null)?.Error is { } problem ? $": {Problems.Words(problem)}" : ""));
        return new ReadAuthorization(name, read.Status, challenges, trouble, answer.RetryAt);
    }

    private async Task<OrderJson> WaitAsync(Uri url, string[] ends, string[] ways, CancellationToken cancellationToken)
    {
        for (; ; )
        {
            var answer = await SendAsync(url, default, cancellationToken);
            var order = ReadOrder(answer);
            if (ends.Contains(order.Status))
                return order;
            if (!ways.Contains(order.Status))
            {
                var why = order.Error is { } problem ? Problems.Words(problem) : "without a word; it may have expired";
                throw new AcmeException(AcmeTroubleKind.Refused, $"{url.Host} ended the order as '{Problems.Clean(order.Status ?? "")}': {why}");
            }
            await PauseAsync(answer.RetryAt, "the order", cancellationToken);
        }
    }

    private async Task PauseAsync(DateTimeOffset? retryAt, string what, CancellationToken cancellationToken)
    {
        var now = seams.Clock.GetUtcNow();
        var wait = retryAt is { } at ? at - now : AcmeLimits.DefaultWait;
        wait = wait < AcmeLimits.MinWait ? AcmeLimits.MinWait : wait > AcmeLimits.MaxWait ? AcmeLimits.MaxWait : wait;
        if (now + wait > _deadline)
            throw new AcmeException(AcmeTroubleKind.TooSlow, $"the authority did not come to an end with {what} within {AcmeLimits.Order.TotalMinutes:0} minutes");
        await seams.WaitAsync(wait, cancellationToken);
    }

    // Whatever came of the order, and whoever gave up. What stays behind is harmless: it proves nothing to anybody else, and the next order writes
    // over it.
    private async Task WithdrawAsync()
    {
        using var limit = new CancellationTokenSource(AcmeLimits.Withdrawal, seams.Clock);
        foreach (var challenge in _published)
        {
            try
            {
                await solver.WithdrawAsync(challenge, limit.Token);
            }
            catch (Exception error) when (error is AcmeException or OperationCanceledException)
            {
                // The reason of the order's own end is worth more than this one.
            }
        }
    }

    private Task<AcmeAnswer> SendAsync(Uri url, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) =>
        transport.PostAsync(url, account.Key, account.Url, payload, cancellationToken);

    private static OrderJson ReadOrder(AcmeAnswer answer) => AcmeTransport.Read(answer, AcmeJson.Default.OrderJson, "order");

    private sealed record ReadAuthorization(
        string Name, string? Status, IReadOnlyList<ChallengeJson> Challenges, AcmeTrouble? Trouble, DateTimeOffset? RetryAt);
}
