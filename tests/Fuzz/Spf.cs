// Bent SPF records, asked for a client of either kind.
using System.Net;
using System.Text;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Spf;
using MailFunctions.Rig;

namespace MailFunctions.Fuzz;

public sealed class Spf : Target
{
    private const int MostQuestions = 250; // 10 terms of at most 10 names each, both kinds of address, and what leads there (RFC 7208 4.6.4)

    private static readonly IPAddress[] Clients = [IPAddress.Parse("192.0.2.3"), IPAddress.Parse("2001:db8::cb01")];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Tokens =>
    [
        "%{", "}", "%{l1r+-}", "%{d255}", "%{i}", "%{p}", "%%", "%_", "%-", " include:x.test", " redirect=x.test", " exp=e.x.test", " ptr", " mx", " a//",
        "/32", "//128",
        "/0", " -all", " ?", " ip4:", " ip6:", "=", ":", ".", " v=spf1", "\0", "\xff",
    ];

    /// <inheritdoc/>
    protected override IReadOnlyList<string> Recorded =>
    [
        "v=spf1 a mx/24//64 include:y.test ip4:198.51.100.0/24 ip6:2001:db8:1::/48 ptr exists:%{ir}.%{v}._spf.%{d2} exp=e.x.test -all\r\n",
        "v=spf1 a:%{l1r-}.x.test//64 ?mx:y.test redirect=y.test unknown=%{h}\r\n",
        "%{i} is not one of %{d}'s servers, %{S} %{c} %{r} %{t}%_%%%-\r\n",
    ];

    /// <inheritdoc/>
    protected override async Task PlayAsync(IReadOnlyList<byte[]> pieces)
    {
        var text = Encoding.Latin1.GetString([.. pieces.SelectMany(piece => piece)]).TrimEnd('\r', '\n');
        foreach (var client in Clients)
        {
            var zones = new ZoneResolver().AddTxt("x.test", text).AddTxt("y.test", text).AddTxt("e.x.test", text).AddHost("x.test", "192.0.2.1")
                .AddMx("y.test", 10, "x.test").AddPtr("192.0.2.3", "x.test")
                .AddTxt("z.test", "v=spf1 exp=e.x.test -all");
            foreach (var sender in (string[])["a-b@x.test", "a@z.test", ""])
            {
                var verdict = await new SpfCheck(zones, "us.test", SignedMail.Time)
                    .CheckAsync(new SpfClient(client, "x.test", sender), TestContext.Current.CancellationToken);
                Assert.True(Enum.IsDefined(verdict.Result));
                SignedMail.CheckField(AuthenticationResults.Of(verdict));
            }
            Assert.InRange(zones.Asked.Count, 1, 3 * MostQuestions);
        }
    }
}
