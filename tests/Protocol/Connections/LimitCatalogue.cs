// Every limit has a name in the configuration, a default, a range, a row in the README and a metric.
using System.Globalization;
using MailFunctions.Gateway;
using MailFunctions.Rig;

namespace MailFunctions.Protocol.Connections;

public sealed class LimitCatalogue
{
    // The defaults, written down once more: whoever changes one changes what operators rely on.
    public static TheoryData<string, string> Rows => new()
    {
        { nameof(LimitOptions.Connections), "2000" },
        { nameof(LimitOptions.ConnectionsPerAddress), "20" },
        { nameof(LimitOptions.ConnectionsPerPrefix), "200" },
        { nameof(LimitOptions.Recipients), "1000" },
        { nameof(LimitOptions.RecipientsUnauthenticated), "100" },
        { nameof(LimitOptions.MessagesPerDay), "1000" },
        { nameof(LimitOptions.NewRecipientsPerDay), "500" },
        { nameof(LimitOptions.MailboxBytes), "0" },
        { nameof(LimitOptions.Idle), "00:05:00" },
        { nameof(LimitOptions.Command), "00:01:00" },
        { nameof(LimitOptions.Session), "00:30:00" },
        { nameof(LimitOptions.MinBytesPerSecond), "500" },
        { nameof(LimitOptions.Write), "00:03:00" },
        { nameof(LimitOptions.Handshake), "00:00:10" },
        { nameof(LimitOptions.ProxyHeader), "00:00:05" },
        { nameof(LimitOptions.Drain), "00:00:30" },
        { nameof(LimitOptions.Errors), "20" },
        { nameof(LimitOptions.ErrorsBeforePause), "10" },
        { nameof(LimitOptions.CommandsWithoutMail), "100" },
        { nameof(LimitOptions.HeaderBytes), "262144" },
        { nameof(LimitOptions.HeaderFields), "1000" },
        { nameof(LimitOptions.HeaderFieldBytes), "65536" },
    };

    [Fact]
    public void Every_limit_has_a_row() => Assert.Equal(
        typeof(LimitOptions).GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal),
        Rows.Select(row => row.Data.Item1).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_limit_has_its_default_and_its_row_in_the_README(string name, string usual)
    {
        var value = typeof(LimitOptions).GetProperty(name)!.GetValue(new LimitOptions())!;

        Assert.Equal(usual, Convert.ToString(value, CultureInfo.InvariantCulture));
        Assert.Contains(
            File.ReadLines(Path.Combine(AzuriteServer.RepositoryRoot, "README.md")),
            line => line.StartsWith("| `Limits:", StringComparison.Ordinal)
                && (line.Contains($"`{name}`", StringComparison.Ordinal) || line.Contains($"`Limits:{name}`", StringComparison.Ordinal))
                && line.Contains(usual, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_value_that_no_limit_can_have_is_refused_by_its_name(string name, string usual)
    {
        var options = new GatewayOptions { Hostname = "mx.us.test" };
        var property = typeof(LimitOptions).GetProperty(name)!;
        property.SetValue(options.Limits, property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromSeconds(-1) : Convert.ChangeType(-1, property.PropertyType, CultureInfo.InvariantCulture));

        var failures = new GatewayOptionsValidation().Validate(null, options).Failures!;

        Assert.Contains(failures, failure => failure.StartsWith($"Mail:Limits:{name} is -", StringComparison.Ordinal) && failure.Contains("allowed", StringComparison.Ordinal));
        Assert.NotEqual("-1", usual);
    }

    // Counted under its name where it is reached. When the gateway is stopped nobody counts any more.
    [Theory]
    [MemberData(nameof(Rows))]
    public void Reaching_a_limit_is_counted_by_its_name(string name, string usual)
    {
        var lines = Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "gateway"), "*.cs", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal) && !path.EndsWith("LimitRules.cs", StringComparison.Ordinal))
            .SelectMany(File.ReadLines);

        Assert.NotEmpty(usual);
        Assert.Equal(
            name != nameof(LimitOptions.Drain),
            lines.Any(line => line.Contains($"nameof(LimitOptions.{name})", StringComparison.Ordinal) || line.Contains($"nameof(WireLimits.{name})", StringComparison.Ordinal)));
    }
}
