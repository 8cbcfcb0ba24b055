// Hosts of MTA-STS policies that are data.
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.Mail;
using MailFunctions.Smtp.MtaSts;

namespace MailFunctions.Pipeline.Functions;

/// <summary>Gives what it was given for a domain, and nothing for all others.</summary>
internal sealed class ScriptedStsFetch : IStsFetch
{
    private readonly Dictionary<DomainName, StsFetched> _given = [];

    /// <summary>Whose policies were fetched, in order.</summary>
    public List<string> Fetched { get; } = [];

    /// <summary>What happens before each is given.</summary>
    public Func<Task> Before { get; set; } = () => Task.CompletedTask;

    /// <summary>Publishes a policy.</summary>
    public void Publish(string domain, string text)
    {
        Assert.True(StsPolicy.TryParse(text, out var policy), text);
        _given[DomainName.Parse(domain)] = new StsFetched.Policy(policy);
    }

    /// <summary>Takes it away.</summary>
    public void Fail(string domain) => _given.Remove(DomainName.Parse(domain));

    public async Task<StsFetched> FetchAsync(DomainName domain, CancellationToken cancellationToken)
    {
        Fetched.Add(domain.Text);
        await Before();
        return _given.GetValueOrDefault(domain) ?? new StsFetched.Nothing("there is none");
    }
}
