// The settings of relaying, right and wrong.
using MailFunctions.App;
using MailFunctions.Smtp.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MailFunctions.Pipeline.Functions;

public sealed class RelayOptionsTests
{
    private const string Host = "Mail:Hostname=mail.example.test";

    [Theory]
    [InlineData("Mail:Hostname", "Mail:Relay:Port=25")]
    [InlineData("Mail:Hostname", "Mail:Hostname=[192.0.2.1]")]
    [InlineData("Mail:Relay:Port", Host, "Mail:Relay:Port=0")]
    [InlineData("Mail:Relay:Hold", "Mail:Relay:Hold=perhaps")]
    [InlineData("Mail:Relay:DestinationConcurrency", Host, "Mail:Relay:DestinationConcurrency=0")]
    [InlineData("Mail:Retry:First", Host, "Mail:Retry:First=5 minutes")]
    [InlineData("Mail:Retry:GiveUpAfter", Host, "Mail:Retry:GiveUpAfter=00:00:00")]
    [InlineData("Mail:Postmaster", Host, "Mail:Postmaster=nobody")]
    [InlineData("Mail:Smarthost:Host", Host, "Mail:Smarthost:Host=not a host")]
    [InlineData("Mail:Smarthost:Tls", Host, "Mail:Smarthost:Host=s.test", "Mail:Smarthost:Tls=ssl")]
    [InlineData("Mail:Smarthost:Password", Host, "Mail:Smarthost:Host=s.test", "Mail:Smarthost:Username=u")]
    [InlineData("Mail:Smarthost:Tls", Host, "Mail:Smarthost:Host=s.test", "Mail:Smarthost:Username=u", "Mail:Smarthost:Password=p", "Mail:Smarthost:Tls=none")]
    [InlineData("Mail:Smarthosts:office:Tls", Host, "Mail:Smarthosts:office:Host=s.test", "Mail:Smarthosts:office:Tls=ssl")]
    [InlineData("Mail:Smarthosts:office:Host", Host, "Mail:Smarthosts:office:Port=25")]
    [InlineData("Mail:Smarthosts:mx", Host, "Mail:Smarthosts:mx:Host=s.test")]
    [InlineData("Mail:Smarthosts:a b", Host, "Mail:Smarthosts:a b:Host=s.test")]
    [InlineData("Mail:Relay:MtaSts", Host, "Mail:Relay:MtaSts=testing")]
    [InlineData("Mail:Relay:TlsReports", Host, "Mail:Relay:TlsReports=daily")]
    [InlineData("Mail:Relay:MtaStsPort", Host, "Mail:Relay:MtaStsPort=https")]
    [InlineData("Mail:Relay:Certificate", Host, "Mail:Relay:Certificate=/nowhere/ca.pem")]
    [InlineData("Mail:Relay:OwnAddresses", Host, "Mail:Relay:OwnAddresses=203.0.113.7,mail.example.org")]
    public void A_wrong_setting_is_named(string key, params string[] settings)
    {
        var error = Assert.Throws<OptionsValidationException>(() => Read(settings));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_set_is_as_documented()
    {
        var options = Read(Host);

        Assert.Equal((25, false, 20, false), (options.Port, options.AllowPrivateAddresses, options.DestinationConcurrency, options.Hold));
        Assert.Equal((true, 443, null), (options.MtaSts, options.MtaStsPort, options.TrustedRoots));
        Assert.Equal(new MailFunctions.Mail.RetrySchedule(), options.Retry);
        Assert.Null(options.Smarthost);
    }

    [Fact]
    public void Smarthosts_have_names_in_any_case_of_letters_and_addresses_are_a_list()
    {
        var options = Read(Host, "Mail:Smarthosts:OFFICE:Host=s.test", "Mail:Smarthosts:OFFICE:Port=2525", "Mail:Relay:OwnAddresses=203.0.113.7, 2001:db8::7");

        Assert.Equal("s.test:2525", options.Smarthosts["office"].Site);
        Assert.Equal(["203.0.113.7", "2001:db8::7"], options.OwnAddresses.Select(address => address.ToString()));
        Assert.Null(options.Smarthost);
    }

    [Theory]
    [InlineData("starttls", TlsMode.Required, 587)]
    [InlineData("implicit", TlsMode.Implicit, 465)]
    public void A_smarthost_has_the_port_of_its_kind_of_TLS(string tls, TlsMode mode, int port)
    {
        var smarthost = Read(Host, "Mail:Smarthost:Host=s.test", $"Mail:Smarthost:Tls={tls}", "Mail:Smarthost:Username=u", "Mail:Smarthost:Password=p").Smarthost;

        Assert.Equal((mode, (ushort)port), (smarthost!.Tls, smarthost.Port));
        Assert.DoesNotContain("Password = p", smarthost.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Production", false)]
    [InlineData("production", false)]
    [InlineData("Development", true)]
    public void SSRF_14_what_is_for_tests_alone_is_refused_in_production(string environment, bool isAllowed)
    {
        var configuration = new ConfigurationBuilder().AddCommandLine([$"--{Host}", "--Mail:Relay:AllowPrivateAddresses=true"]).Build();
        if (isAllowed)
            Assert.True(RelayOptions.Read(configuration, environment).AllowPrivateAddresses);
        else
            Assert.Contains("Mail:Relay:AllowPrivateAddresses is true", Assert.Throws<OptionsValidationException>(() => RelayOptions.Read(configuration, environment)).Message, StringComparison.Ordinal);
    }

    private static RelayOptions Read(params string[] settings) => RelayOptions.Read(
        new ConfigurationBuilder().AddCommandLine([.. settings.Select(setting => $"--{setting}")]).Build(), "Development");
}
