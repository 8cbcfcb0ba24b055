// Secrets are compared in a time that tells nothing of them.
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mail;

public sealed class SecretComparisons
{
    // How long a comparison takes cannot be tested without a clock, but what makes it can be read.
    [Theory]
    [InlineData("functions/Mail/ScramVerifier.cs")]
    [InlineData("functions/Mail/SrsHash.cs")]
    [InlineData("functions/Smtp/Client/ScramClient.cs")]
    [InlineData("gateway/Logins/RememberedPasswords.cs")]
    [InlineData("gateway/Logins/ScramExchange.cs")]
    public void AU_05_secrets_are_compared_in_fixed_time(string file)
    {
        var source = File.ReadAllText(Path.Combine(AzuriteServer.RepositoryRoot, file));

        Assert.Contains("CryptographicOperations.FixedTimeEquals(", source, StringComparison.Ordinal);
        Assert.DoesNotContain("SequenceEqual(", source, StringComparison.Ordinal);
        Assert.DoesNotContain("string.Equals(", source, StringComparison.Ordinal);
    }

    [Fact]
    public void AU_05_nothing_else_that_has_to_do_with_logins_compares_octets_of_a_client_with_a_secret()
    {
        var sources = Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "gateway/Logins"), "*.cs")
            .Select(File.ReadAllLines).SelectMany(lines => lines).Where(line => line.Contains("SequenceEqual(", StringComparison.Ordinal)).ToList();

        Assert.All(sources, line => Assert.Contains("SequenceEqual(\"", line, StringComparison.Ordinal)); // with words of the protocol only
    }
}
