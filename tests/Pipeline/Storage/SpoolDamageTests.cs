// A spool blob that is not what was committed is told apart from one that is gone: the one is parked, the other is finished.
using System.Text;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class SpoolDamageTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private readonly MailStores _stores = account.Open();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(19_999)]
    public async Task A_changed_octet_of_the_content_is_found_at_the_end(int position)
    {
        var id = Sample.Id();
        await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(20_000));
        await RewriteAsync(id, blob =>
        {
            blob[^(20_000 - position)] ^= 1;
            return blob;
        });

        await using var reader = (await Sample.OpenAsync(_stores.Spool, id)).Reader;

        await Assert.ThrowsAsync<SpoolDamagedException>(() => Sample.ReadAsync(reader));
        await Assert.ThrowsAsync<SpoolDamagedException>(async () => await reader.ReadAsync(new byte[1], CancellationToken.None));
    }

    public static TheoryData<string, string> Damages => new()
    {
        { "one octet short", "octets where" },
        { "one octet more", "octets where" },
        { "half the line", "ends within" },
        { "no line", "ends within" },
        { "a line too long", "does not begin" },
        { "not JSON", "cannot be read" },
        { "no version", "cannot be read" },
        { "a recipient that is no address", "cannot be read" },
        { "a hash that is none", "cannot be read" },
        { "another message's", "its envelope is that of" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Damage_of_any_kind_is_told_with_its_reason(string damage, string reason)
    {
        var id = Sample.Id();
        await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(300));
        await RewriteAsync(id, blob => damage switch
        {
            "one octet short" => blob[..^1],
            "one octet more" => [.. blob, 0],
            "half the line" => blob[..20],
            "no line" => [.. "Subject: no envelope"u8],
            "a line too long" => new byte[5 * 1024 * 1024],
            "not JSON" => [.. "{]"u8, .. blob],
            "no version" => Replace(blob, "\"v\":1", "\"w\":1"),
            "a recipient that is no address" => Replace(blob, "alice@example.test", "alice#example.test"),
            "a hash that is none" => Replace(blob, "\"sha256\":\"", "\"sha256\":\"zz"),
            "another message's" => Replace(blob, id.Text, Sample.Id().Text),
            _ => throw new InvalidOperationException(damage),
        });

        var damaged = Assert.IsType<SpoolOpening.Damaged>(await _stores.Spool.OpenAsync(id, CancellationToken.None));

        Assert.Contains(reason, damaged.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"v\":2")]
    [InlineData("\"v\":2,\"recipients\":7")] // another version's fields need not make sense to this one
    public async Task Another_versions_message_is_left_alone(string version)
    {
        var id = Sample.Id();
        await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(300));
        await RewriteAsync(id, blob => Replace(blob, "\"v\":1", version));

        Assert.Equal(new SpoolOpening.UnknownVersion(2), await _stores.Spool.OpenAsync(id, CancellationToken.None));
    }

    private static byte[] Replace(byte[] blob, string from, string to) =>
        Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(blob).Replace(from, to, StringComparison.Ordinal));

    private async Task RewriteAsync(SpoolId id, Func<byte[], byte[]> change)
    {
        var blob = _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.SpoolContainer).GetBlockBlobClient(id.Text);
        var content = (await blob.DownloadContentAsync()).Value.Content.ToArray();
        await blob.UploadAsync(new MemoryStream(change(content)), new BlobUploadOptions());
    }
}
