// What a session knows between two commands, as far as it decides which commands are possible.
namespace MailFunctions.Gateway.Pop3;

/// <summary>The facts of a session that <see cref="Pop3Rules"/> is about.</summary>
[Flags]
internal enum Pop3Facts
{
    /// <summary>None of them.</summary>
    None = 0,

    /// <summary>Passwords may be sent over this connection.</summary>
    MayLogIn = 1,

    /// <summary>The connection is in clear and can be put under TLS.</summary>
    MayStartTls = 2,

    /// <summary>USER has given a name for PASS.</summary>
    Named = 4,

    /// <summary>The client has said UTF8.</summary>
    Utf8 = 8,

    /// <summary>It is the TRANSACTION state; else AUTHORIZATION (RFC 1939 3).</summary>
    LoggedIn = 16,
}
