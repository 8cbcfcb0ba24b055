// The state model of POP3, as data: the session follows it, and the tests run random sessions beside it.
namespace MailFunctions.Gateway.Pop3;

/// <summary>Which verb is known where, what it needs, and what it changes.</summary>
internal static class Pop3Rules
{
    private static readonly Pop3Refusal NotInClear = new(Pop3Facts.MayLogIn, Holds: false, Pop3Replies.TlsRequired);

    public static readonly Pop3Rule Capa = Bare("CAPA", Pop3Places.Both);
    public static readonly Pop3Rule Quit = Bare("QUIT", Pop3Places.Both) with { Closes = true };

    public static readonly Pop3Rule User = new("USER", Pop3Places.Authorization, Pop3Facts.Named, Pop3Facts.None, NotInClear);

    // RFC 1939 7: whatever comes of PASS, another needs another USER.
    public static readonly Pop3Rule Pass = new(
        "PASS", Pop3Places.Authorization, Pop3Facts.LoggedIn, Pop3Facts.Named, NotInClear, new(Pop3Facts.Named, Holds: false, Pop3Replies.UserFirst))
    {
        ForgetsAnyway = Pop3Facts.Named,
    };

    public static readonly Pop3Rule Auth = new("AUTH", Pop3Places.Authorization, Pop3Facts.LoggedIn, Pop3Facts.Named, NotInClear);
    public static readonly Pop3Rule Utf8 = Bare("UTF8", Pop3Places.Authorization) with { Gains = Pop3Facts.Utf8 };

    // RFC 2595 4: before the login, and nothing said in clear is known behind it. RFC 6856 2: before UTF8.
    public static readonly Pop3Rule Stls = new(
        "STLS", Pop3Places.Authorization, Pop3Facts.MayLogIn, Pop3Facts.MayStartTls | Pop3Facts.Named,
        new(Pop3Facts.MayStartTls, Holds: false, Pop3Replies.TlsNotOffered), new(Pop3Facts.Utf8, Holds: true, Pop3Replies.TlsBeforeUtf8))
    {
        IsBare = true,
    };

    public static readonly Pop3Rule Stat = Bare("STAT", Pop3Places.Transaction);
    public static readonly Pop3Rule List = Known("LIST");
    public static readonly Pop3Rule Uidl = Known("UIDL");
    public static readonly Pop3Rule Retr = Known("RETR");
    public static readonly Pop3Rule Top = Known("TOP");
    public static readonly Pop3Rule Dele = Known("DELE");
    public static readonly Pop3Rule Rset = Bare("RSET", Pop3Places.Transaction);
    public static readonly Pop3Rule Noop = Bare("NOOP", Pop3Places.Transaction);

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Pop3Rule> All { get; } = [Capa, Quit, User, Pass, Auth, Utf8, Stls, Stat, List, Uidl, Retr, Top, Dele, Rset, Noop];

    private static Pop3Rule Bare(string verb, Pop3Places places) => new(verb, places, Pop3Facts.None, Pop3Facts.None) { IsBare = true };

    private static Pop3Rule Known(string verb) => new(verb, Pop3Places.Transaction, Pop3Facts.None, Pop3Facts.None);
}
