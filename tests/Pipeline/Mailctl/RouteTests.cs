// mailctl route ...
using MailFunctions.Mail;
using MailFunctions.Mailctl;
using MailFunctions.Rig;

namespace MailFunctions.Pipeline.Mailctl;

public sealed class RouteTests(AzuriteServer azurite) : IDisposable
{
    private readonly Operator _person = new(azurite.FreshAccount());

    [Fact]
    public async Task A_route_is_set_listed_changed_and_removed()
    {
        await _person.SetUpAsync("alice");
        Assert.Contains("far.test: route set (via office)", await _person.DoAsync("route set Far.test --via office"), StringComparison.Ordinal);
        var route = (await _person.RunAsync("route list --json")).Json.GetProperty("routes")[0];
        Assert.Equal(("far.test", "office"), (route.GetProperty("domain").GetString(), route.GetProperty("via").GetString()));
        await _person.DoAsync("route set far.test --via mx");
        Assert.Equal(
            new DomainRoute(DomainName.Parse("far.test"), "mx"),
            await _person.Stores.Directory.FindRouteAsync(DomainName.Parse("far.test"), CancellationToken.None));
        Assert.Null(await _person.Stores.Directory.FindRouteAsync(DomainName.Parse("www.far.test"), CancellationToken.None));
        await _person.DoAsync("route remove far.test");
        Assert.Contains("There are no routes.", await _person.DoAsync("route list"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("route set example.test --via office", nameof(ExitCode.Refused), "example.test is a domain of ours")]
    [InlineData("route remove far.test", nameof(ExitCode.Refused), "far.test has no route")]
    [InlineData("route set far.test --via Office_1", nameof(ExitCode.Misuse), "no name of a smarthost")]
    [InlineData("route set far.test", nameof(ExitCode.Misuse), "--via")]
    public async Task What_would_not_work_is_refused(string arguments, string code, string told)
    {
        await _person.SetUpAsync("alice");
        var said = await _person.RunAsync(arguments);
        Assert.Equal(code, said.Code.ToString());
        Assert.Contains(told, said.Error, StringComparison.Ordinal);
        Assert.Contains("There are no routes.", await _person.DoAsync("route list"), StringComparison.Ordinal);
    }

    public void Dispose() => _person.Dispose();
}
