// A download that breaks off or stalls: one exception, no second request, and never a short message.
using Azure.Core;
using Azure.Core.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class BrokenDownloadTests(StorageAccount account) : IClassFixture<StorageAccount>
{
    private const int Length = 300_000;

    private readonly FakeTime _time = new();

    /// <summary>Lets so many octets of each downloaded body pass, and then does something else.</summary>
    private sealed class CutBody(int after, Func<CancellationToken, Task<int>> then) : HttpPipelineSynchronousPolicy
    {
        private readonly TaskCompletionSource _reached = new();

        /// <summary>Ends when a body is at its cut: from here on only the clock can bring anything.</summary>
        public Task Reached => _reached.Task;

        public override void OnReceivedResponse(HttpMessage message)
        {
            if (StorageCalls.NameOf(message.Request) == "Get Blob" && message.Response.Status == 200)
                message.Response.ContentStream = new Cut(message.Response.ContentStream!, after, token =>
                {
                    _reached.TrySetResult();
                    return then(token);
                });
        }

        private sealed class Cut(Stream inner, int left, Func<CancellationToken, Task<int>> then) : ForwardStream
        {
            private int _left = left;

            public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
            {
                if (_left == 0)
                    return await then(cancellationToken);
                var count = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
                _left -= count;
                return count;
            }
        }
    }

    public static TheoryData<string, int> Breaks
    {
        get
        {
            var rows = new TheoryData<string, int>();
            foreach (var how in new[] { "reset", "early end", "silence" })
            {
                foreach (var after in new[] { 0, 10, 5000, Length - 1 })
                    rows.Add(how, after);
            }
            return rows;
        }
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_spooled_message_that_breaks_off_is_trouble_and_not_damage(string how, int after)
    {
        var id = Sample.Id();
        using (var plain = account.Open())
            await Sample.SpoolAsync(plain.Spool, id, Sample.Content(Length));
        var calls = new StorageCalls();
        var cut = Cut(how, after);
        using var stores = account.Open(_time, calls, cut);

        var reading = ReadAsync(stores, id);
        await Task.WhenAny(reading, cut.Reached);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(reading));

        Assert.Equal(["Get Blob"], calls.Names);
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task A_copy_that_breaks_off_is_not_taken_for_a_short_one(string how, int after)
    {
        var user = Sample.Account();
        var id = Sample.Id();
        using (var plain = account.Open())
            await plain.Mailboxes.DeliverAsync(user, id, default, Sample.Content(Length), CancellationToken.None);
        var cut = Cut(how, after);
        using var stores = account.Open(_time, cut);
        await using var copy = await stores.Mailboxes.OpenAsync(user, id, CancellationToken.None);

        var reading = Sample.ReadAsync(copy!);
        await Task.WhenAny(reading, cut.Reached);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => _time.RunAsync(reading));
    }

    [Fact]
    public async Task A_record_that_breaks_off_is_read_again()
    {
        var id = Sample.Id();
        using (var plain = account.Open())
            await plain.Ledgers.CreateAsync(new Ledger(id, null, default, []), CancellationToken.None);
        var broken = 0;
        using var stores = account.Open(new CutBody(10, _ => broken++ == 0 ? throw new IOException("reset") : throw new IOException("reset again")));

        await Assert.ThrowsAsync<StoreUnavailableException>(() => stores.Ledgers.ReadAsync(id, CancellationToken.None));

        Assert.Equal(5, broken);
    }

    private static CutBody Cut(string how, int after) => new(after, how switch
    {
        "reset" => _ => throw new IOException("reset"),
        "early end" => _ => Task.FromResult(0),
        _ => async cancellationToken =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return 0;
        },
    });

    private static async Task ReadAsync(MailStores stores, SpoolId id)
    {
        await using var reader = (await Sample.OpenAsync(stores.Spool, id)).Reader;
        await Sample.ReadAsync(reader);
    }
}
