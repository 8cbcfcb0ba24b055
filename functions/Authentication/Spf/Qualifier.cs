// What it means for a client to be matched.
namespace MailFunctions.Authentication.Spf;

/// <summary>The sign in front of a mechanism (RFC 7208 4.6.2).</summary>
internal static class Qualifier
{
    /// <summary>The result that a sign stands for.</summary>
    /// <returns>Null if the character is no sign, and the mechanism begins with it: then <c>+</c> is meant.</returns>
    public static SpfResult? Of(char sign) => sign switch
    {
        '+' => SpfResult.Pass,
        '-' => SpfResult.Fail,
        '~' => SpfResult.SoftFail,
        '?' => SpfResult.Neutral,
        _ => null,
    };
}
