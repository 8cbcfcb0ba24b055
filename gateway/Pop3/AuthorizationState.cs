// Before the login.
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Pop3.Verbs;
using MailFunctions.Wire;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The AUTHORIZATION state (RFC 1939 4). It has no maildrop, so there is none to be touched.</summary>
/// <param name="session">The session.</param>
/// <param name="channel">What logins may know of the connection, and what checks them.</param>
/// <param name="maildrops">Opens the maildrop after a login.</param>
internal sealed class AuthorizationState(SessionFacts session, SaslChannel channel, Maildrops maildrops) : Pop3State
{
    private static readonly VerbTable<Pop3Verb<AuthorizationState>> Verbs = new(
    [
        new("AUTH", Pop3Verb.WithArgument<AuthorizationState>(Auth.Run)),
        new("CAPA", Pop3Verb.Bare<AuthorizationState>(Capa.Run)),
        new("PASS", Pass.RunAsync),
        new("QUIT", Pop3Verb.Bare<AuthorizationState>(Quit.Run)),
        new("STLS", Pop3Verb.Bare<AuthorizationState>(Stls.Run)),
        new("USER", Pop3Verb.WithArgument<AuthorizationState>(User.Run)),
        new("UTF8", Pop3Verb.Bare<AuthorizationState>(Utf8.Run)),
    ]);

    private string? _login;

    /// <summary>The session.</summary>
    public SessionFacts Session => session;

    /// <summary>What logins may know of the connection, and what checks them.</summary>
    public SaslChannel Channel => channel;

    /// <summary>Opens the maildrop after a login.</summary>
    public Maildrops Maildrops => maildrops;

    /// <summary>How many logins have failed.</summary>
    public int Failures { get; set; }

    /// <summary>Whether the client has said UTF8.</summary>
    public bool IsUtf8 { get; set; }

    /// <summary>Whether USER has given a name for PASS.</summary>
    public bool HasLogin => _login is not null;

    /// <summary>Keeps the name for PASS.</summary>
    public void RememberLogin(string login) => _login = login;

    /// <summary>The name that USER gave, once: after a PASS another USER is needed, whatever came of it.</summary>
    public string? TakeLogin()
    {
        var login = _login;
        _login = null;
        return login;
    }

    /// <inheritdoc/>
    public override ValueTask<Pop3Step> RunAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        Verbs.RunAsync(this, line, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
