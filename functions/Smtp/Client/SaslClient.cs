// The client's side of the SASL mechanisms, without the framing that SMTP puts around them.
using System.Text;

namespace MailFunctions.Smtp.Client;

/// <summary>One run of one mechanism.</summary>
internal abstract class SaslClient
{
    /// <summary>The mechanism's name.</summary>
    public abstract string Mechanism { get; }

    /// <summary>What is sent with AUTH, or null if the server speaks first.</summary>
    public abstract byte[]? InitialResponse { get; }

    /// <summary>Whether the exchange is complete on our side, so that a 235 may be believed.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>The response to a challenge, or null if the challenge is none that this mechanism has.</summary>
    public abstract byte[]? Respond(byte[] challenge);

    /// <summary>Chooses the best mechanism that the server offers; null if there is none.</summary>
    public static SaslClient? Begin(IReadOnlyList<string> offered, ClientLogin login)
    {
        if (offered.Contains("SCRAM-SHA-256") && login.Prepared is { } prepared)
            return new ScramClient(prepared);
        if (offered.Contains("PLAIN"))
            return new PlainClient(login);
        return offered.Contains("LOGIN") ? new LoginClient(login) : null;
    }
}

/// <summary>PLAIN (RFC 4616).</summary>
internal sealed class PlainClient(ClientLogin login) : SaslClient
{
    private bool _repeated;

    public override string Mechanism => "PLAIN";

    public override byte[]? InitialResponse => Encoding.UTF8.GetBytes($"\0{login.User}\0{login.Password}");

    public override bool IsComplete => true;

    // The initial response is all there is; but a server that does not know initial responses asks for it once more.
    public override byte[]? Respond(byte[] challenge)
    {
        var response = _repeated ? null : InitialResponse;
        _repeated = true;
        return response;
    }
}

/// <summary>LOGIN (draft-murchison-sasl-login): name and password in answer to two challenges, whatever they say.</summary>
internal sealed class LoginClient(ClientLogin login) : SaslClient
{
    private int _answered;

    public override string Mechanism => "LOGIN";

    public override byte[]? InitialResponse => null;

    public override bool IsComplete => _answered == 2;

    public override byte[]? Respond(byte[] challenge) => ++_answered switch
    {
        1 => Encoding.UTF8.GetBytes(login.User),
        2 => Encoding.UTF8.GetBytes(login.Password),
        _ => null,
    };
}
