// What an EHLO reply offers.
using MailFunctions.Smtp.Client;

namespace MailFunctions.Protocol.Client;

public sealed class Offers
{
    public static TheoryData<string, PeerExtensionsView> Rows => new()
    {
        { "PIPELINING", new() { Pipelining = true } },
        { "pipelining", new() { Pipelining = true } },
        { "SIZE 1000", new() { Size = true, SizeLimit = 1_000 } },
        { "SIZE", new() { Size = true } },
        { "SIZE 0", new() { Size = true } },
        { "SIZE 99999999999999999999", new() { Size = true } },
        { "SIZE=77", new() { Size = true, SizeLimit = 77 } },
        { "8BITMIME", new() { EightBitMime = true } },
        { "AUTH PLAIN login", new() { Mechanisms = "PLAIN LOGIN" } },
        { "AUTH=PLAIN", new() { Mechanisms = "PLAIN" } },
        { "AUTH PLAIN|AUTH=PLAIN LOGIN", new() { Mechanisms = "PLAIN LOGIN" } },
        { "AUTH", new() },
        { "LIMITS RCPTMAX=20 MAILMAX=5 X=1", new() { MaxRecipients = 20, MaxTransactions = 5 } },
        { "LIMITS RCPTMAX=0 MAILMAX=x RCPTMAX", new() },
        { "XVERP|STARTTLS|VRFY|ETRN", new() { StartTls = true } },
        { "", new() },
        { "STARTTLSX", new() },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void An_offer_is_understood_or_passed_over(string lines, PeerExtensionsView expected)
    {
        var found = PeerExtensions.Parse(["PIPELINING.the.name.of.the.server", .. lines.Split('|')]);
        Assert.Equal(
            expected,
            new PeerExtensionsView
            {
                Pipelining = found.Pipelining, Size = found.Size, SizeLimit = found.SizeLimit, EightBitMime = found.EightBitMime, StartTls = found.StartTls,
                Mechanisms = string.Join(' ', found.Mechanisms), MaxRecipients = found.MaxRecipients, MaxTransactions = found.MaxTransactions,
            });
    }

    /// <summary>What rows say about an offer; everything else is not offered.</summary>
    public sealed record PeerExtensionsView
    {
        public bool Pipelining { get; init; }

        public bool Size { get; init; }

        public long? SizeLimit { get; init; }

        public bool EightBitMime { get; init; }

        public bool StartTls { get; init; }

        public string Mechanisms { get; init; } = "";

        public int? MaxRecipients { get; init; }

        public int? MaxTransactions { get; init; }
    }
}
