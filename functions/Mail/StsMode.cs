// How a domain wants its MTA-STS policy to be taken.
namespace MailFunctions.Mail;

/// <summary>How a policy wants to be taken (RFC 8461 5).</summary>
public enum StsMode
{
    /// <summary>As if there were none.</summary>
    None,

    /// <summary>Mail is delivered whatever is found; what would have stopped it is noted.</summary>
    Testing,

    /// <summary>Mail is delivered as the policy demands or not at all.</summary>
    Enforce,
}

/// <summary>The modes as they are written.</summary>
public static class StsModes
{
    /// <summary>A mode as it is written.</summary>
    public static string NameOf(StsMode mode) => mode switch
    {
        StsMode.None => "none",
        StsMode.Testing => "testing",
        StsMode.Enforce => "enforce",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    /// <summary>Reads a mode; the case of its letters matters (RFC 8461 3.2). Null for anything else.</summary>
    public static StsMode? Read(ReadOnlySpan<char> text) => text switch
    {
        "none" => StsMode.None,
        "testing" => StsMode.Testing,
        "enforce" => StsMode.Enforce,
        _ => null,
    };
}
