// SASLprep, by the examples of its RFC, by another implementation's answers, and as logins see it.
using System.Globalization;
using System.Text;
using MailFunctions.Mail;
using MailFunctions.Rig;

namespace MailFunctions.Unit.Mail;

public sealed class PreparedPasswords
{
    // RFC 4013 3, and what else there is of kinds; null for what is refused.
    [Theory]
    [InlineData("user", "user")]
    [InlineData("USER", "USER")]
    [InlineData("I\u00adX", "IX")]
    [InlineData("\u00aa", "a")]
    [InlineData("\u2168", "IX")]
    [InlineData("\u0007", null)]
    [InlineData("\u00e4\u0007", null)]
    [InlineData("\u06271", null)]
    [InlineData("\u0627\u0031\u0628", "\u0627\u0031\u0628")]
    [InlineData("\u0627a\u0628", null)]
    [InlineData("a\u00a0b", "a b")]
    [InlineData("\u00ad", "")]
    [InlineData("e\u0301", "\u00e9")]
    [InlineData("\u1e9b\u0323", "\u1e69")]
    [InlineData("\u1100\u1161\u11a8", "\uac01")]
    [InlineData("\ud83d\ude00", null)] // Unicode 3.2 does not know it
    [InlineData("\u0221", null)]
    [InlineData("\u00e4\ud800", null)]
    [InlineData("\u00e4\u202e", null)]
    [InlineData("\ue000", null)]
    public void A_password_is_set_as_the_RFC_prepares_it(string text, string? prepared)
    {
        Assert.Equal(prepared is not null, SaslPrep.TryPrepare(text, isStored: true, out var made));
        if (prepared is not null)
            Assert.Equal(prepared, made);
    }

    [Fact]
    public void Every_answer_is_that_of_another_implementation()
    {
        var rows = File.ReadAllLines(Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Unit", "Mail", "saslprep.tsv"));
        Assert.Equal(600, rows.Length);
        foreach (var row in rows)
        {
            var columns = row.Split('\t');
            Assert.Equal(columns[1], Show(Read(columns[0]), isStored: false));
            Assert.Equal(columns[2], Show(Read(columns[0]), isStored: true));
        }
    }

    // However a text is cut, what is made of it once is not made into something else by a second time.
    [Fact]
    public void What_is_prepared_is_its_own_preparation()
    {
        foreach (var row in File.ReadLines(Path.Combine(AzuriteServer.RepositoryRoot, "tests", "Unit", "Mail", "saslprep.tsv")))
        {
            var text = Read(row.Split('\t')[0]);
            for (var length = 0; length <= text.Length; length++)
            {
                if (!SaslPrep.TryPrepare(text[..length], isStored: true, out var once))
                    continue;
                Assert.True(SaslPrep.TryPrepare(once, isStored: true, out var twice));
                Assert.Equal(once, twice);
            }
        }
    }

    [Theory]
    [InlineData("p\u00e4ss", "pa\u0308ss", true)] // NFC and NFD
    [InlineData("pa\u0308ss", "p\u00e4ss", true)]
    [InlineData("\uff50\uff41ss", "pass", true)]
    [InlineData("pass word", "pass\u00a0word", true)]
    [InlineData("pa\u00adss", "pass", true)]
    [InlineData("p\u00e4ss", "p\u00c4ss", false)]
    [InlineData("p\u00e4ss", "pass", false)]
    [InlineData(" p\u00e4ss", "p\u00e4ss", false)]
    [InlineData("p\u00e4ss", "p\u00e4ss\u0007", false)]
    public void AU_07_spellings_of_one_password_are_one_password(string set, string sent, bool isRight) =>
        Assert.Equal(isRight, ScramVerifier.Create(set, iterations: 1).Verify(Encoding.UTF8.GetBytes(sent)));

    [Fact]
    public void Octets_that_are_no_UTF_8_are_nobodys_password()
    {
        Assert.False(ScramVerifier.Create("p\u00e4ss", iterations: 1).Verify([(byte)'p', 0xe4, (byte)'s', (byte)'s']));
        Assert.Throws<ArgumentException>(() => ScramVerifier.Create("\ud83d\ude00"));
        Assert.Throws<ArgumentException>(() => ScramVerifier.Create("\u00ad"));
    }

    private static string Read(string column) =>
        string.Concat(column.Split(' ').Select(rune => char.ConvertFromUtf32(int.Parse(rune, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture))));

    private static string Show(string text, bool isStored) => SaslPrep.TryPrepare(text, isStored, out var prepared)
        ? string.Join(' ', prepared.EnumerateRunes().Select(rune => rune.Value.ToString("X", CultureInfo.InvariantCulture)))
        : "-";
}
