// The spool: what goes in comes out, as a whole or not at all.
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class SpoolTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private static readonly Recipient[] None = [];

    private readonly MailStores _stores = account.Open();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(16 * 1024 + 1)]
    [InlineData(Sample.Block - 1)]
    [InlineData(Sample.Block)]
    [InlineData(Sample.Block + 1)]
    [InlineData(2 * Sample.Block)]
    [InlineData(3 * Sample.Block + 4097)]
    public async Task A_message_comes_out_as_it_went_in(int length)
    {
        var id = Sample.Id();
        var content = Sample.Content(length);
        var before = DateTimeOffset.UtcNow;

        await Sample.SpoolAsync(_stores.Spool, id, content);

        await using var reader = (await Sample.OpenAsync(_stores.Spool, id)).Reader;
        Assert.Equal(Sample.Trace.Length + length, reader.Length);
        Assert.InRange(reader.StoredAt, before.AddSeconds(-2), DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Equal(Sample.Envelope(id).Recipients, reader.Envelope.Recipients);
        Assert.Equal(Sample.Envelope(id) with { Recipients = None }, reader.Envelope with { Recipients = None });
        Assert.Equal(Sample.Traced(content), await Sample.ReadAsync(reader));
        Assert.Equal(0, await reader.ReadAsync(new byte[10], CancellationToken.None));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_000)]
    public async Task A_message_may_be_read_in_steps_of_any_size(int step)
    {
        var id = Sample.Id();
        var content = Sample.Content(40_000);
        await Sample.SpoolAsync(_stores.Spool, id, content);

        await using var reader = (await Sample.OpenAsync(_stores.Spool, id)).Reader;

        Assert.Equal(Sample.Traced(content), await Sample.ReadAsync(reader, step));
    }

    [Fact]
    public async Task An_envelope_with_a_thousand_recipients_comes_back()
    {
        var id = Sample.Id();
        var one = Sample.Envelope(id).Recipients[0];
        var envelope = Sample.Envelope(id) with { Recipients = [.. Enumerable.Repeat(one, 1000)] };
        await using (var writer = _stores.Spool.Create(id))
            await writer.CommitAsync(envelope, Sample.Trace, CancellationToken.None);

        await using var reader = (await Sample.OpenAsync(_stores.Spool, id)).Reader;

        Assert.Equal(1000, reader.Envelope.Recipients.Count);
        Assert.Equal(Sample.Trace, await Sample.ReadAsync(reader));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(2 * Sample.Block)]
    public async Task What_is_not_committed_is_not_there(int length)
    {
        var id = Sample.Id();
        await using (var writer = _stores.Spool.Create(id))
            await Sample.FillAsync(writer, Sample.Content(length));

        Assert.IsType<SpoolOpening.Missing>(await _stores.Spool.OpenAsync(id, CancellationToken.None));
        Assert.False(await _stores.Spool.ExistsAsync(id, CancellationToken.None));
        Assert.Empty(await _stores.Spool.ListAsync(id.Text, CancellationToken.None).ToListAsync());
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(2 * Sample.Block)]
    public async Task A_message_of_the_same_id_by_another_writer_is_neither_replaced_nor_taken_for_ours(int length)
    {
        var id = Sample.Id();
        await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(5));

        Assert.False(await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(length)));

        await using var reader = (await Sample.OpenAsync(_stores.Spool, id)).Reader;
        Assert.Equal(Sample.Traced(Sample.Content(5)), await Sample.ReadAsync(reader));
    }

    [Fact]
    public async Task Two_writers_of_one_id_do_not_mix_their_blocks()
    {
        var id = Sample.Id();
        await using var first = _stores.Spool.Create(id);
        await using var second = _stores.Spool.Create(id);
        await Sample.FillAsync(first, Sample.Content(2 * Sample.Block + 1));
        await Sample.FillAsync(second, Sample.Content(2 * Sample.Block + 2));

        Assert.True(await first.CommitAsync(Sample.Envelope(id), Sample.Trace, CancellationToken.None));
        Assert.False(await second.CommitAsync(Sample.Envelope(id), Sample.Trace, CancellationToken.None));

        await using var reader = (await Sample.OpenAsync(_stores.Spool, id)).Reader;
        Assert.Equal(Sample.Traced(Sample.Content(2 * Sample.Block + 1)), await Sample.ReadAsync(reader));
    }

    [Fact]
    public async Task The_empty_mark_of_a_finished_report_is_no_message()
    {
        var id = Sample.Id();
        await Blob(id.Text).UploadAsync(new MemoryStream());

        Assert.IsType<SpoolOpening.Missing>(await _stores.Spool.OpenAsync(id, CancellationToken.None));
        Assert.False(await _stores.Spool.ExistsAsync(id, CancellationToken.None));
        Assert.Equal(0, Assert.Single(await _stores.Spool.ListAsync(id.Text, CancellationToken.None).ToListAsync()).Length);
    }

    [Fact]
    public async Task Deleting_is_done_when_nothing_is_there()
    {
        var id = Sample.Id();
        await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(5));
        Assert.True(await _stores.Spool.ExistsAsync(id, CancellationToken.None));

        await _stores.Spool.DeleteAsync(id, CancellationToken.None);
        await _stores.Spool.DeleteAsync(id, CancellationToken.None);

        Assert.IsType<SpoolOpening.Missing>(await _stores.Spool.OpenAsync(id, CancellationToken.None));
    }

    [Fact]
    public async Task The_list_is_in_order_of_id_and_skips_what_is_not_ours()
    {
        var clock = new FakeTime();
        var ids = Enumerable.Range(0, 5).Select(_ =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(1));
            return SpoolId.New(clock);
        }).ToArray();
        var prefix = ids[0].Text[..6];
        foreach (var id in ids.Reverse())
            await Sample.SpoolAsync(_stores.Spool, id, Sample.Content(5));
        await Blob($"{prefix}-foreign").UploadAsync(new MemoryStream());

        var listed = await _stores.Spool.ListAsync(prefix, CancellationToken.None).ToListAsync();

        Assert.Equal(ids, listed.Select(entry => entry.Id));
        Assert.All(listed, entry => Assert.True(entry.Length > 5));
    }

    private BlockBlobClient Blob(string name) =>
        _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.SpoolContainer).GetBlockBlobClient(name);
}
