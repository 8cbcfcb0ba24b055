// A signed request as an authority reads it, independent of how ours are written.
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace MailFunctions.Rig.Acme;

/// <summary>A request in flattened JSON (RFC 7515).</summary>
public sealed class SignedRequest
{
    private readonly byte[] _signed;
    private readonly byte[] _signature;

    private SignedRequest(JsonObject whole)
    {
        Assert.Equal(["payload", "protected", "signature"], whole.Select(member => member.Key).Order(StringComparer.Ordinal));
        var (head, payload) = ((string)whole["protected"]!, (string)whole["payload"]!);
        _signed = Encoding.ASCII.GetBytes($"{head}.{payload}");
        _signature = Base64Url.DecodeFromChars((string)whole["signature"]!);
        Head = JsonNode.Parse(Base64Url.DecodeFromChars(head))!.AsObject();
        Payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(payload));
    }

    /// <summary>The protected header.</summary>
    public JsonObject Head { get; }

    /// <summary>The payload; empty for POST-as-GET.</summary>
    public string Payload { get; }

    public JsonObject Json => JsonNode.Parse(Payload)!.AsObject();

    public static SignedRequest Read(string body) => new(JsonNode.Parse(body)!.AsObject());

    public static SignedRequest Read(JsonNode node) => new(node.AsObject());

    /// <summary>Whether this public key's owner signed it.</summary>
    public bool IsBy(JsonObject jwk)
    {
        Assert.Equal(["crv", "kty", "x", "y"], jwk.Select(member => member.Key).Order(StringComparer.Ordinal));
        Assert.Equal(("EC", "P-256", "ES256"), ((string)jwk["kty"]!, (string)jwk["crv"]!, (string)Head["alg"]!));
        using var key = ECDsa.Create(new ECParameters
        {
            Curve = ECCurve.NamedCurves.nistP256,
            Q = new ECPoint { X = Base64Url.DecodeFromChars((string)jwk["x"]!), Y = Base64Url.DecodeFromChars((string)jwk["y"]!) },
        });
        return key.VerifyData(_signed, _signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    /// <summary>Whether this secret made its code.</summary>
    public bool IsBy(byte[] secret) => (string)Head["alg"]! == "HS256" && HMACSHA256.HashData(secret, _signed).AsSpan().SequenceEqual(_signature);
}
