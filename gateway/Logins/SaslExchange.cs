// The server's side of the SASL mechanisms, without the framing that SMTP and POP3 put around them.
using System.Text;

namespace MailFunctions.Gateway.Logins;

/// <summary>What the exchange wants next.</summary>
internal abstract record SaslStep
{
    private SaslStep()
    {
    }

    /// <summary>Send this challenge (before base64) and read a response.</summary>
    public sealed record Challenge(byte[] Octets) : SaslStep;

    /// <summary>Check these.</summary>
    public sealed record Credentials(string Login, ReadOnlyMemory<byte> Password) : SaslStep;

    /// <summary>The client breaks the mechanism's grammar.</summary>
    public sealed record Malformed : SaslStep;
}

/// <summary>One run of one mechanism.</summary>
internal interface ISaslExchange
{
    /// <summary>Takes the client's next response, decoded; null at the start if there was no initial response.</summary>
    SaslStep Next(byte[]? response);
}

/// <summary>The mechanisms that are offered.</summary>
internal static class SaslMechanisms
{
    /// <summary>As listed behind AUTH.</summary>
    public const string List = "PLAIN LOGIN";

    /// <summary>Begins an exchange; null for a mechanism that is not offered.</summary>
    public static ISaslExchange? Begin(string mechanism) => mechanism switch
    {
        "PLAIN" => new PlainExchange(),
        "LOGIN" => new LoginExchange(),
        _ => null,
    };

    /// <summary>The name in a response, if it is one: UTF-8 without controls.</summary>
    internal static bool TryReadName(ReadOnlySpan<byte> octets, out string name)
    {
        name = "";
        if (octets.Length is 0 or > 320 || !System.Text.Unicode.Utf8.IsValid(octets) || octets.ContainsAnyInRange((byte)0, (byte)0x1f))
            return false;
        name = Encoding.UTF8.GetString(octets);
        return true;
    }
}

/// <summary>PLAIN (RFC 4616): authorization identity NUL login NUL password in one response.</summary>
internal sealed class PlainExchange : ISaslExchange
{
    /// <inheritdoc/>
    public SaslStep Next(byte[]? response)
    {
        if (response is null)
            return new SaslStep.Challenge([]);
        var first = Array.IndexOf(response, (byte)0);
        var second = first < 0 ? -1 : Array.IndexOf(response, (byte)0, first + 1);
        if (second < 0 || Array.IndexOf(response, (byte)0, second + 1) >= 0
            || !SaslMechanisms.TryReadName(response.AsSpan(first + 1, second - first - 1), out var login))
            return new SaslStep.Malformed();
        // Acting for somebody else is not offered: the authorization identity is empty or the login's own.
        if (first > 0 && !(SaslMechanisms.TryReadName(response.AsSpan(0, first), out var other) && other == login))
            return new SaslStep.Malformed();
        return new SaslStep.Credentials(login, response.AsMemory(second + 1));
    }
}

/// <summary>LOGIN (draft-murchison-sasl-login): login and password in two responses. Obsolete, and what many clients still choose.</summary>
internal sealed class LoginExchange : ISaslExchange
{
    private string? _login;

    /// <inheritdoc/>
    public SaslStep Next(byte[]? response)
    {
        if (response is null)
            return new SaslStep.Challenge("Username:"u8.ToArray());
        if (_login is not null)
            return new SaslStep.Credentials(_login, response);
        if (!SaslMechanisms.TryReadName(response, out var login))
            return new SaslStep.Malformed();
        _login = login;
        return new SaslStep.Challenge("Password:"u8.ToArray());
    }
}
