// The two messages of a SCRAM client, by the grammar of RFC 5802 7.
using System.Text;

namespace MailFunctions.Gateway.Logins;

/// <summary>What a client says about binding the login to the channel (RFC 5802 6).</summary>
internal abstract record BindingFlag
{
    private BindingFlag()
    {
    }

    /// <summary>n: it cannot.</summary>
    public sealed record Unsupported : BindingFlag;

    /// <summary>y: it could, and believes that we cannot.</summary>
    public sealed record NotOffered : BindingFlag;

    /// <summary>p: it does, by the binding of this name.</summary>
    public sealed record Used(string Name) : BindingFlag;
}

/// <summary>client-first-message. Extensions that must be understood (m=) make it none; others are passed over.</summary>
/// <param name="Flag">The channel binding.</param>
/// <param name="Identity">Whom the client wants to act for, if it says so.</param>
/// <param name="Name">The login.</param>
/// <param name="Nonce">The client's nonce.</param>
/// <param name="Header">The gs2-header, as sent.</param>
/// <param name="Bare">The rest, as sent.</param>
internal sealed record ScramClientFirst(BindingFlag Flag, string? Identity, string Name, string Nonce, byte[] Header, byte[] Bare)
{
    private const int MaxNonceLength = 512;

    /// <summary>Reads the message; null if it is none.</summary>
    public static ScramClientFirst? Read(ReadOnlySpan<byte> message)
    {
        var rest = message;
        if (ReadFlag(ScramAttributes.Take(ref rest)) is not { } flag)
            return null;
        string? identity = null;
        var given = ScramAttributes.Take(ref rest);
        if (!given.IsEmpty && !(given.StartsWith("a="u8) && ScramAttributes.TryReadName(given[2..], out identity)))
            return null;
        var bare = rest;
        var name = ScramAttributes.Take(ref rest);
        if (!name.StartsWith("n="u8) || !ScramAttributes.TryReadName(name[2..], out var login))
            return null;
        var nonce = ScramAttributes.Take(ref rest);
        if (!nonce.StartsWith("r="u8) || nonce.Length is 2 or > MaxNonceLength || nonce.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return null;
        return new ScramClientFirst(flag, identity, login, Encoding.ASCII.GetString(nonce[2..]), message[..^bare.Length].ToArray(), bare.ToArray());
    }

    private static BindingFlag? ReadFlag(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("n"u8))
            return new BindingFlag.Unsupported();
        if (text.SequenceEqual("y"u8))
            return new BindingFlag.NotOffered();
        return text.StartsWith("p="u8) && text.Length > 2 && !text.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            ? new BindingFlag.Used(Encoding.ASCII.GetString(text[2..]))
            : null;
    }
}

/// <summary>client-final-message.</summary>
/// <param name="Binding">The gs2-header again, and behind it what binds to the channel.</param>
/// <param name="Nonce">Both nonces.</param>
/// <param name="Proof">The proof.</param>
/// <param name="WithoutProof">Everything before the proof, as sent: it is what the proof is of.</param>
internal sealed record ScramClientFinal(byte[] Binding, string Nonce, byte[] Proof, byte[] WithoutProof)
{
    /// <summary>Reads the message; null if it is none.</summary>
    public static ScramClientFinal? Read(ReadOnlySpan<byte> message)
    {
        var proofAt = message.LastIndexOf(",p="u8);
        if (proofAt < 0)
            return null;
        var rest = message[..proofAt];
        var binding = ScramAttributes.Take(ref rest);
        var nonce = ScramAttributes.Take(ref rest);
        if (!binding.StartsWith("c="u8) || SaslBase64.Decode(binding[2..]) is not { } bound
            || !nonce.StartsWith("r="u8) || nonce.ContainsAnyExceptInRange((byte)'!', (byte)'~')
            || SaslBase64.Decode(message[(proofAt + 3)..]) is not { } proof)
            return null;
        return new ScramClientFinal(bound, Encoding.ASCII.GetString(nonce[2..]), proof, message[..proofAt].ToArray());
    }
}

/// <summary>The pieces that both messages are made of.</summary>
internal static class ScramAttributes
{
    /// <summary>Takes what stands before the next comma, and the comma.</summary>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        var comma = rest.IndexOf((byte)',');
        var taken = comma < 0 ? rest : rest[..comma];
        rest = comma < 0 ? [] : rest[(comma + 1)..];
        return taken;
    }

    /// <summary>
    /// Reads a saslname: comma and equals sign are written =2C and =3D (RFC 5802 5.1). It is not prepared: no account has a name that is not ASCII, in which
    /// SASLprep changes nothing.
    /// </summary>
    public static bool TryReadName(ReadOnlySpan<byte> text, out string name)
    {
        var plain = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '=')
            {
                plain.Add(text[i]);
                continue;
            }
            var code = text[i..];
            if (!code.StartsWith("=2C"u8) && !code.StartsWith("=3D"u8))
            {
                name = "";
                return false;
            }
            plain.Add(code[1] == '2' ? (byte)',' : (byte)'=');
            i += 2;
        }
        return SaslMechanisms.TryReadName(plain.ToArray(), out name);
    }
}
