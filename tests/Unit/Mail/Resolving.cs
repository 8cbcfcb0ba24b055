// Rows of recipients and where their mail goes.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mail;

public sealed class Resolving
{
    private static MemoryDirectory Directory => new MemoryDirectory()
        .Domain("us.test", "boss@us.test")
        .Domain("roles.test", "postmaster@us.test")
        .Domain("backup.test", "boss@us.test", DomainKind.RelayFor)
        .Account("boss@us.test").Account("alice@us.test").Account("bob@us.test").Account("tom+exact@us.test").Account("tom@us.test")
        .Account("gone@us.test", removedAt: DateTimeOffset.UnixEpoch)
        .Alias("info@us.test", "alice@us.test", "bob@us.test")
        .Alias("sales@us.test", "info@us.test")
        .Alias("both@us.test", "info@us.test", "sales@us.test", "ALICE@us.test")
        .Alias("out@us.test", "someone@far.test", "alice@us.test")
        .Alias("loop1@us.test", "loop2@us.test").Alias("loop2@us.test", "loop1@us.test")
        .Alias("self@us.test", "self@us.test")
        .Alias("half@us.test", "alice@us.test", "loop1@us.test")
        .Alias("broken@us.test", "nobody@us.test")
        .Alias("broken2@us.test", "broken@us.test").Alias("broken3@us.test", "broken@us.test", "broken2@us.test")
        .Alias("abuse@roles.test", "bob@us.test")
        .Alias("@roles.test", "alice@us.test")
        .Alias("deep0@us.test", "deep1@us.test").Alias("deep1@us.test", "deep2@us.test").Alias("deep2@us.test", "deep3@us.test")
        .Alias("deep3@us.test", "deep4@us.test").Alias("deep4@us.test", "deep5@us.test").Alias("deep5@us.test", "deep6@us.test")
        .Alias("deep6@us.test", "deep7@us.test").Alias("deep7@us.test", "deep8@us.test").Alias("deep8@us.test", "deep9@us.test")
        .Alias("deep9@us.test", "deep10@us.test").Alias("deep10@us.test", "alice@us.test");

    [Theory]
    [InlineData("alice@us.test", "alice@us.test")]
    [InlineData("ALICE@US.TEST", "alice@us.test")]
    [InlineData("alice+shop@us.test", "alice@us.test")]
    [InlineData("tom+exact@us.test", "tom+exact@us.test")]
    [InlineData("tom+other@us.test", "tom@us.test")]
    [InlineData("info@us.test", "alice@us.test bob@us.test")]
    [InlineData("info+x@us.test", "alice@us.test bob@us.test")]
    [InlineData("sales@us.test", "alice@us.test bob@us.test")]
    [InlineData("both@us.test", "alice@us.test bob@us.test")]
    [InlineData("out@us.test", "someone@far.test! alice@us.test")]
    [InlineData("postmaster@us.test", "boss@us.test")]
    [InlineData("Postmaster@us.test", "boss@us.test")]
    [InlineData("abuse@us.test", "boss@us.test")]
    [InlineData("postmaster@roles.test", "boss@us.test")]
    [InlineData("abuse@roles.test", "bob@us.test")]
    [InlineData("anything@roles.test", "alice@us.test")]
    [InlineData("any.one@backup.test", "any.one@backup.test!")]
    [InlineData("nobody@us.test", "NoSuchUser")]
    [InlineData("gone@us.test", "NoSuchUser")]
    [InlineData("broken@us.test", "NoSuchUser")]
    [InlineData("broken3@us.test", "NoSuchUser")]
    [InlineData("+x@us.test", "NoSuchUser")]
    [InlineData("x@far.test", "OtherDomain")]
    [InlineData("x@us.test.far.test", "OtherDomain")]
    [InlineData("x@farus.test", "OtherDomain")]
    [InlineData("alice@[192.0.2.1]", "OtherDomain")]
    [InlineData("loop1@us.test", "Loop")]
    [InlineData("self@us.test", "Loop")]
    [InlineData("half@us.test", "Loop")]
    [InlineData("deep0@us.test", "Loop")]
    [InlineData("deep1@us.test", "alice@us.test")]
    public async Task A_recipient_resolves_to_its_final_targets(string address, string expected) =>
        Assert.Equal(expected, await ResolveAsync(Directory, address));

    [Fact]
    public async Task An_alias_of_too_many_targets_is_refused()
    {
        var directory = Directory.Alias("crowd@us.test", [.. Enumerable.Range(0, 1_001).Select(i => $"u{i}@far.test")]);
        Assert.Equal("Loop", await ResolveAsync(directory, "crowd@us.test"));
    }

    [Fact]
    public async Task Aliases_that_fan_out_at_every_level_cost_a_bounded_number_of_questions()
    {
        var directory = Directory;
        for (var level = 0; level < 9; level++)
            directory.Alias($"fan{level}@us.test", [.. Enumerable.Repeat($"fan{level + 1}@us.test", 10)]);
        directory.Alias("fan9@us.test", "alice@us.test");
        Assert.Equal("alice@us.test", await ResolveAsync(directory, "fan0@us.test"));
        Assert.InRange(directory.Questions, 1, 1_000);
    }

    [Fact]
    public async Task A_directory_that_cannot_be_reached_is_no_answer()
    {
        var directory = Directory;
        directory.IsDown = true;
        await Assert.ThrowsAsync<StoreUnavailableException>(() => ResolveAsync(directory, "alice@us.test"));
    }

    private static async Task<string> ResolveAsync(MemoryDirectory directory, string address) =>
        await new RecipientResolver(directory).ResolveAsync(EmailAddress.Parse(address), TestContext.Current.CancellationToken) switch
        {
            Resolution.Found found => string.Join(' ', found.Recipients.Select(recipient => $"{recipient.Target}{(recipient.IsLocal ? "" : "!")}")),
            var other => other.GetType().Name,
        };
}
