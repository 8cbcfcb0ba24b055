// What a scripted authority does differently from a good one.
namespace MailFunctions.Rig.Acme;

/// <summary>A raw answer in place of the right one.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body.</param>
/// <param name="MediaType">Its type.</param>
/// <param name="RetryAfter">A field to go with it; null for none.</param>
public sealed record RawAnswer(int Status, string Body, string MediaType = "application/json", string? RetryAfter = null)
{
    /// <summary>A problem document (RFC 8555 6.7).</summary>
    public static RawAnswer Problem(int status, string type, string detail, string? retryAfter = null) =>
        new(status, $$"""{"type":"urn:ietf:params:acme:error:{{type}}","detail":"{{detail}}"}""", "application/problem+json", retryAfter);
}

/// <summary>The script; what is not said is done right.</summary>
public sealed record AuthorityScript
{
    /// <summary>Raw answers by what is asked for: <c>directory nonce account order authorization challenge finalize certificate renewal</c>.</summary>
    public IReadOnlyDictionary<string, RawAnswer> Answers { get; init; } = new Dictionary<string, RawAnswer>();

    /// <summary>What is asked for and never answered; null for nothing.</summary>
    public string? Silent { get; init; }

    /// <summary>How many signed requests get a badNonce first.</summary>
    public int BadNonces { get; init; }

    /// <summary>How often authorizations are still pending, and the order still processing.</summary>
    public int Pending { get; init; }

    /// <summary>The field that goes with what is pending.</summary>
    public string? RetryAfter { get; init; }

    /// <summary>Looks whether a name is proved; null believes everybody.</summary>
    public Func<string, string, string, Task<bool>>? Look { get; init; }

    /// <summary>Names whose authorization is there already.</summary>
    public IReadOnlyList<string> Known { get; init; } = [];

    /// <summary>The state of the order where it should become ready or valid.</summary>
    public string? OrderState { get; init; }

    /// <summary>Changes the chain before it is delivered.</summary>
    public Func<string, string> Deliver { get; init; } = chain => chain;

    /// <summary>What is added to the directory's addresses, to send them elsewhere.</summary>
    public string Scheme { get; init; } = "https";

    /// <summary>Its terms of service.</summary>
    public string? Terms { get; init; } = "https://authority.test/terms";

    /// <summary>The key of accounts that it has by other means; null if it wants none.</summary>
    public byte[]? ExternalKey { get; init; }

    /// <summary>When it wants every certificate renewed; null if it does not tell.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Window { get; init; }

    /// <summary>Whether an order that replaces something is refused.</summary>
    public bool RefusesReplacing { get; init; }

    /// <summary>The token of challenges.</summary>
    public string Token { get; init; } = "DGyRejmCefe7v4NfDGDKfA-_";

    /// <summary>Whether it offers only challenges that nobody knows.</summary>
    public bool OffersNothing { get; init; }

    /// <summary>A name that it writes into the order in place of the first; null for none.</summary>
    public string? OtherName { get; init; }
}
