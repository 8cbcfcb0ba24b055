// Before the login.
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Pop3.Verbs;

namespace MailFunctions.Gateway.Pop3;

/// <summary>The AUTHORIZATION state (RFC 1939 4). It has no maildrop, so there is none to be touched.</summary>
/// <param name="session">The session.</param>
/// <param name="channel">What logins may know of the connection, and what checks them.</param>
/// <param name="maildrops">Opens the maildrop after a login.</param>
internal sealed class AuthorizationState(SessionFacts session, SaslChannel channel, Maildrops maildrops) : Pop3State
{
    private static readonly Pop3Verbs<AuthorizationState> Verbs = new(
        Pop3Places.Authorization,
        new(Pop3Rules.Auth, Auth.Run),
        new(Pop3Rules.Capa, Capa.Run),
        new(Pop3Rules.Pass, Pass.RunAsync),
        new(Pop3Rules.Quit, Quit.Run),
        new(Pop3Rules.Stls, Stls.Run),
        new(Pop3Rules.User, User.Run),
        new(Pop3Rules.Utf8, Utf8.Run));

    private string? _login;

    /// <summary>The session.</summary>
    public SessionFacts Session => session;

    /// <summary>What logins may know of the connection, and what checks them.</summary>
    public SaslChannel Channel => channel;

    /// <summary>Opens the maildrop after a login.</summary>
    public Maildrops Maildrops => maildrops;

    /// <summary>How many logins have failed.</summary>
    public int Failures { get; set; }

    /// <inheritdoc/>
    public override Pop3Facts Facts => session.Facts | (_login is not null ? Pop3Facts.Named : 0);

    /// <summary>Keeps the name for PASS.</summary>
    public void RememberLogin(string login) => _login = login;

    /// <summary>The name that USER gave, once, as the rule of PASS has it.</summary>
    public string TakeLogin()
    {
        var login = _login!; // the rule demands one
        _login = null;
        return login;
    }

    /// <inheritdoc/>
    public override ValueTask<Pop3Step> RunAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken) =>
        Verbs.RunAsync(this, line, cancellationToken);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
