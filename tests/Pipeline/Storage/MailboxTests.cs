// Mailboxes: one copy a message, in the order of arrival, and tombstones that stay.
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class MailboxTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private static readonly byte[] Head = "Delivered-To: x\r\n"u8.ToArray();

    private readonly MailStores _stores = account.Open();
    private readonly EmailAddress _user = Sample.Account();
    private readonly SpoolId _id = Sample.Id();

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(Sample.Block)]
    public async Task A_copy_is_head_and_message(int length)
    {
        Assert.True(await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(length), CancellationToken.None));

        Assert.Equal(Joined([.. Sample.Content(length)]), await ReadAsync(_id));
        Assert.Equal(Head.Length + length, (await ListAsync()).Single().Length);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Sample.Block)]
    [InlineData(Sample.Block, 1)]
    [InlineData(Sample.Block, 0)] // the end of the message is found only after its last full block
    [InlineData(Sample.Block, Sample.Block, 4711)]
    [InlineData(0)]
    public async Task A_copy_in_blocks_is_head_and_message(params int[] blocks)
    {
        var upload = await _stores.Mailboxes.BeginAsync(_user, _id, Head, CancellationToken.None);
        Assert.NotNull(upload);
        for (var i = 0; i < blocks.Length; i++)
        {
            Assert.Empty(await ListAsync());
            await upload.WriteAsync(Sample.Content(blocks[i]), last: i == blocks.Length - 1, CancellationToken.None);
        }

        Assert.Equal(Joined([.. blocks.SelectMany(Sample.Content)]), await ReadAsync(_id));
    }

    [Fact]
    public async Task A_copy_that_is_there_is_neither_made_again_nor_replaced()
    {
        await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(5), CancellationToken.None);

        Assert.False(await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(6), CancellationToken.None));
        Assert.Null(await _stores.Mailboxes.BeginAsync(_user, _id, Head, CancellationToken.None));

        Assert.Equal(Joined([.. Sample.Content(5)]), await ReadAsync(_id));
    }

    [Fact]
    public async Task Two_uploads_of_one_copy_make_one_that_is_whole()
    {
        var first = await _stores.Mailboxes.BeginAsync(_user, _id, Head, CancellationToken.None);
        var second = await _stores.Mailboxes.BeginAsync(_user, _id, Head, CancellationToken.None);
        await first!.WriteAsync(Sample.Content(100), last: false, CancellationToken.None);
        await second!.WriteAsync(Sample.Content(101), last: false, CancellationToken.None);
        await first.WriteAsync(Sample.Content(102), last: true, CancellationToken.None);
        await second.WriteAsync(Sample.Content(103), last: true, CancellationToken.None);

        Assert.Equal(Joined([.. Sample.Content(100), .. Sample.Content(102)]), await ReadAsync(_id));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    [InlineData(17, 5)]
    public async Task Blocks_that_a_dead_worker_left_do_not_pass_for_a_copy(int head, int length)
    {
        var dead = await _stores.Mailboxes.BeginAsync(_user, _id, Head, CancellationToken.None);
        await dead!.WriteAsync(Sample.Content(100), last: false, CancellationToken.None);

        Assert.True(await _stores.Mailboxes.DeliverAsync(_user, _id, Sample.Content(head), Sample.Content(length), CancellationToken.None));

        Assert.Equal(head + length, (await ListAsync()).Single().Length);
        Assert.False(await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(6), CancellationToken.None));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_tombstone_keeps_a_repeated_delivery_out(bool delivered)
    {
        if (delivered)
            await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(5), CancellationToken.None);

        await _stores.Mailboxes.BuryAsync(_user, _id, CancellationToken.None);

        Assert.True((await ListAsync()).Single().IsTombstone);
        Assert.Null(await _stores.Mailboxes.OpenAsync(_user, _id, CancellationToken.None));
        Assert.False(await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(5), CancellationToken.None));
        Assert.Null(await _stores.Mailboxes.BeginAsync(_user, _id, Head, CancellationToken.None));
        Assert.True((await ListAsync()).Single().IsTombstone);
    }

    [Fact]
    public async Task A_copy_is_removed_once_and_for_good()
    {
        await _stores.Mailboxes.DeliverAsync(_user, _id, Head, Sample.Content(5), CancellationToken.None);

        await _stores.Mailboxes.DeleteAsync(_user, _id, CancellationToken.None);
        await _stores.Mailboxes.DeleteAsync(_user, _id, CancellationToken.None);

        Assert.Empty(await ListAsync());
        Assert.Null(await _stores.Mailboxes.OpenAsync(_user, _id, CancellationToken.None));
    }

    [Fact]
    public async Task The_list_is_in_order_of_arrival_and_holds_no_other_users_mail()
    {
        var clock = new FakeTime();
        var ids = new List<SpoolId>();
        for (var i = 0; i < 10; i++)
        {
            ids.Add(SpoolId.New(clock));
            clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        // An address that continues this one's must not be listed with it.
        var neighbour = EmailAddress.Parse($"{_user}x");
        foreach (var id in Enumerable.Reverse(ids))
        {
            await _stores.Mailboxes.DeliverAsync(_user, id, Head, default, CancellationToken.None);
            await _stores.Mailboxes.DeliverAsync(neighbour, Sample.Id(), Head, default, CancellationToken.None);
        }

        var listed = await ListAsync();

        Assert.Equal(ids, listed.Select(entry => entry.Uid));
        Assert.All(listed, entry => Assert.InRange(entry.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1)));
    }

    [Fact]
    public async Task An_address_is_one_mailbox_however_it_is_spelled()
    {
        var capitals = EmailAddress.Parse(_user.ToString().ToUpperInvariant());

        Assert.True(await _stores.Mailboxes.DeliverAsync(capitals, _id, Head, default, CancellationToken.None));
        Assert.False(await _stores.Mailboxes.DeliverAsync(_user, _id, Head, default, CancellationToken.None));
    }

    private static byte[] Joined(byte[] message) => [.. Head, .. message];

    private async Task<byte[]> ReadAsync(SpoolId uid)
    {
        await using var copy = await _stores.Mailboxes.OpenAsync(_user, uid, CancellationToken.None);
        Assert.NotNull(copy);
        return await Sample.ReadAsync(copy);
    }

    private ValueTask<List<MailFunctions.Mail.Stores.MailboxEntry>> ListAsync() =>
        _stores.Mailboxes.ListAsync(_user, CancellationToken.None).ToListAsync();
}
