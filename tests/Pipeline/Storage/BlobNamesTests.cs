// Names: nothing that a user chose can leave its segment, and every name is read back as what it was made from.
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class BlobNamesTests
{
    private static readonly SpoolId Id = SpoolId.New(TimeProvider.System);

    public static TheoryData<string> HostileTexts =>
    [
        "a", "-", "_", "__", "_61", "a_40b", "route", "_route", "report", "../..", "..%2f..", "/", "\\", ".", "..", "a.", "A", "\0", "a\0b", "\r\n", "é",
        "\u202Egnp.exe", "\uFEFF", "😀", "con", "a b", "%00", "@example.test", new string('x', 2000), new string('/', 2000), "ß", "K",
    ];

    [Theory]
    [MemberData(nameof(HostileTexts))]
    public void INJ_08_any_text_is_escaped_to_safe_characters_and_comes_back(string text)
    {
        var escaped = NameEscape.Encode(text);

        Assert.DoesNotContain(escaped, c => c is not (>= 'a' and <= 'z' or >= '0' and <= '9' or '-' or '_'));
        Assert.True(NameEscape.TryDecode(escaped, out var back));
        Assert.Equal(text, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("_")]
    [InlineData("_4")]
    [InlineData("_4g")]
    [InlineData("_4A")]
    [InlineData("_61")] // an "a" that need not be escaped
    [InlineData("_2d")]
    [InlineData("_ff")] // no UTF-8
    [InlineData("_c1_81")] // an over-long "A"
    [InlineData("_ed_a0_80")] // a surrogate
    [InlineData("A")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("é")]
    [InlineData("_+1")]
    [InlineData("_ 1")]
    public void What_escaping_never_makes_is_not_read(string escaped) => Assert.False(NameEscape.TryDecode(escaped, out _));

    [Fact]
    public void Text_that_cannot_come_back_is_refused()
    {
        Assert.ThrowsAny<ArgumentException>(() => NameEscape.Encode("\ud800"));
        Assert.ThrowsAny<ArgumentException>(() => NameEscape.Encode(""));
    }

    [Theory]
    [InlineData("alice@example.test", "alice_40example_2etest")]
    [InlineData("Alice@EXAMPLE.test", "alice_40example_2etest")]
    [InlineData("\"../x\"@example.test", "_22_2e_2e_2fx_22_40example_2etest")]
    public void A_mailbox_is_named_after_the_canonical_address(string address, string folder)
    {
        var account = EmailAddress.Parse(address);

        Assert.Equal($"{folder}/", BlobNames.Mailbox(account));
        Assert.True(BlobNames.TryParseMailboxCopy(BlobNames.MailboxCopy(account, Id), out var owner, out var uid));
        Assert.Equal(account.Canonical, owner);
        Assert.Equal(Id, uid);
    }

    [Theory]
    [InlineData("alice_40example_2etest")]
    [InlineData("alice_40example_2etest/")]
    [InlineData("alice_40example_2etest/x")]
    [InlineData("alice/01234567890123456789012345678901")]
    [InlineData("_41lice_40example_2etest/")]
    public void Other_names_are_no_copies(string name) => Assert.False(BlobNames.TryParseMailboxCopy(name, out _, out _));

    [Fact]
    public void The_longest_address_makes_a_name_that_storage_takes()
    {
        var label = new string('_', 62);
        var longest = EmailAddress.Parse($"{new string('!', 64)}@{label}.{label}.{label}_");

        Assert.Equal(EmailAddress.MaxLength, longest.ToString().Length);
        Assert.InRange(BlobNames.MailboxCopy(longest, Id).Length, 750, 1024);
        Assert.InRange(BlobNames.Account(longest).Length, 750, 1024);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("route")]
    [InlineData("_route")]
    [InlineData("report")]
    [InlineData("example.test")]
    [InlineData("[IPv6:2001:db8::1]")]
    public void A_due_entry_is_read_back_from_its_name(string? destination)
    {
        var entry = new DueEntry(new DateTimeOffset(2026, 12, 31, 23, 59, 59, 7, TimeSpan.Zero), Id, destination, 0);

        Assert.StartsWith($"20261231T235959007Z/{Id}/", BlobNames.Due(entry));
        Assert.True(BlobNames.TryParseDue(BlobNames.Due(entry), out var back));
        Assert.Equal(entry, back);
    }

    [Theory]
    [InlineData("")]
    [InlineData("20261231T235959007Z")]
    [InlineData("20261331T235959007Z/{id}/_route")]
    [InlineData("20261231T235959007Z/{id}/")]
    [InlineData("20261231T235959007Z/{id}/Route")]
    [InlineData("20261231T235959007Z/{id}/a/b")]
    [InlineData("20261231T235959007Z-{id}/_route")]
    [InlineData("20261231T235959007Z/00000000000000000000000000000000/_route")]
    public void Other_names_are_no_due_entries(string name) =>
        Assert.False(BlobNames.TryParseDue(name.Replace("{id}", Id.Text, StringComparison.Ordinal), out _));

    [Fact]
    public void The_catch_all_and_an_account_of_any_name_are_different_aliases()
    {
        Assert.True(AliasName.TryParse("@example.test", out var catchAll));
        Assert.True(AliasName.TryParse("\"@\"@example.test", out var at));

        Assert.Equal("aliases/_40example_2etest", BlobNames.Alias(catchAll));
        Assert.NotEqual(BlobNames.Alias(catchAll), BlobNames.Alias(at));
    }

    [Fact]
    public void A_parked_text_is_named_by_queue_and_content()
    {
        var text = Encoding.UTF8.GetBytes("../../spool/x");

        Assert.Matches("^[0-9a-f]{64}$", BlobNames.Parked(WorkQueue.Relay, text));
        Assert.NotEqual(BlobNames.Parked(WorkQueue.Relay, text), BlobNames.Parked(WorkQueue.Accepted, text));
    }
}
