// What was found out of whoever sent a message.
using MailFunctions.Authentication.Arc;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Authentication.Dmarc;
using MailFunctions.Authentication.Spf;

namespace MailFunctions.Authentication;

/// <summary>The results of all four methods.</summary>
/// <param name="Spf">Of the client.</param>
/// <param name="Dkim">Of each signature that was looked at, from the top.</param>
/// <param name="Dmarc">Of the author.</param>
/// <param name="Arc">Of those who passed the message on.</param>
public sealed record SenderFindings(SpfVerdict Spf, IReadOnlyList<DkimResult> Dkim, DmarcVerdict Dmarc, ArcResult Arc)
{
    /// <summary>The results as they are told; a chain that is not there is not spoken of.</summary>
    /// <param name="id">Who tells them: our host name.</param>
    public AuthenticationResults ToResults(string id)
    {
        List<MethodResult> results = [AuthenticationResults.Of(Spf), .. Dkim.Select(AuthenticationResults.Of), AuthenticationResults.Of(Dmarc)];
        if (Arc.Verdict != ArcVerdict.None)
            results.Add(AuthenticationResults.Of(Arc));
        return new AuthenticationResults(id, results);
    }
}
