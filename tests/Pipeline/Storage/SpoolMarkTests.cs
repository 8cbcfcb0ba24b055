// Reports have ids that are derived, and a mark stays behind them: made twice, they are made once.
using Azure.Storage.Blobs.Specialized;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Storage;

public sealed class SpoolMarkTests(StorageAccount account) : IClassFixture<StorageAccount>, IDisposable
{
    private readonly MailStores _stores = account.Open();
    private readonly SpoolId _id = SpoolId.Derive(DateTimeOffset.UtcNow, Sample.Id(), 1);

    public void Dispose() => _stores.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_mark_counts_as_gone_and_is_listed_as_empty(bool twice)
    {
        Assert.True(await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(3000)));

        await _stores.Spool.LeaveMarkAsync(_id, CancellationToken.None);
        if (twice)
            await _stores.Spool.LeaveMarkAsync(_id, CancellationToken.None);

        Assert.IsType<SpoolOpening.Missing>(await _stores.Spool.OpenAsync(_id, CancellationToken.None));
        Assert.False(await _stores.Spool.ExistsAsync(_id, CancellationToken.None));
        Assert.Equal(0, Assert.Single(await _stores.Spool.ListAsync(_id.Text, CancellationToken.None).ToListAsync()).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(Sample.Block + 1)]
    public async Task What_left_a_mark_is_not_committed_again(int length)
    {
        await _stores.Spool.LeaveMarkAsync(_id, CancellationToken.None);

        Assert.False(await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(length)));

        Assert.False(await _stores.Spool.ExistsAsync(_id, CancellationToken.None));
    }

    [Theory]
    [InlineData(1000)]
    [InlineData(Sample.Block + 1)]
    public async Task Of_many_who_make_the_same_report_one_commits_it(int length)
    {
        var made = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(length))));

        Assert.Single(made, committed => committed);
        await using var reader = (await Sample.OpenAsync(_stores.Spool, _id)).Reader;
        Assert.Equal(Sample.Traced(Sample.Content(length)), await Sample.ReadAsync(reader));
    }

    [Fact]
    public async Task A_mark_that_is_deleted_is_gone()
    {
        await _stores.Spool.LeaveMarkAsync(_id, CancellationToken.None);
        await _stores.Spool.DeleteAsync(_id, CancellationToken.None);

        Assert.Empty(await _stores.Spool.ListAsync(_id.Text, CancellationToken.None).ToListAsync());
        Assert.True(await Sample.SpoolAsync(_stores.Spool, _id, Sample.Content(5)));
    }

    // Which tries of a write go wrong, and whether one that was not answered may still come.
    public static TheoryData<StorageFault[], int, bool> Tries => new()
    {
        { [], 1000, false },
        { [StorageFault.LostAnswer], 1000, false }, // the second try is refused: the first is the one that is there
        { [StorageFault.ConnectionReset], 1000, true },
        { [StorageFault.BusyBefore, StorageFault.LostAnswer], 1000, true },
        { [StorageFault.LostAnswer, StorageFault.BusyBefore], 1000, true }, // the first is there, and of the second nobody knows
        { [StorageFault.LostAnswer, StorageFault.BusyBefore, StorageFault.ConnectionReset], 1000, true },
        { [StorageFault.ConnectionReset], Sample.Block + 1, false }, // blocks that were committed once are not there for another commit
    };

    [Theory]
    [MemberData(nameof(Tries), DisableDiscoveryEnumeration = true)]
    public async Task F07_a_message_of_which_a_try_may_still_take_effect_says_so(StorageFault[] tries, int length, bool expected)
    {
        var faults = new StorageFaults();
        for (var number = 0; number < tries.Length; number++)
            faults.Break(length > Sample.Block ? "Put Block List" : "Put Blob", tries[number], number + 1);
        using var faulty = account.Open(faults);

        Assert.True(await Sample.SpoolAsync(faulty.Spool, _id, Sample.Content(length)));

        Assert.Equal(tries.Length, faults.Injected);
        await using var reader = (await Sample.OpenAsync(_stores.Spool, _id)).Reader;
        Assert.Equal((expected, expected), (reader.Envelope.MayComeAgain, reader.Envelope.LeavesMark));
        Assert.Equal(Sample.Traced(Sample.Content(length)), await Sample.ReadAsync(reader));
    }

    [Fact]
    public void A_report_has_one_id_which_sorts_by_its_time_and_differs_by_message_and_number()
    {
        var (time, other) = (new DateTimeOffset(2026, 3, 1, 12, 0, 0, 250, TimeSpan.Zero), Sample.Id());
        var report = new OwedReport(2, ReportKind.Failed, time, []);

        Assert.Equal(SpoolId.Derive(time, _id, 2), report.IdFor(_id));
        Assert.Equal(time, report.IdFor(_id).Time);
        Assert.True(SpoolId.TryParse(report.IdFor(_id).Text, out _));
        SpoolId[] all = [report.IdFor(_id), report.IdFor(other), (report with { Number = 3 }).IdFor(_id), (report with { RecordedAt = time.AddSeconds(1) }).IdFor(_id)];
        Assert.Equal(4, all.Distinct().Count());
    }

    [Theory]
    [InlineData(MessageOrigin.Client)]
    [InlineData(MessageOrigin.Report)]
    [InlineData(MessageOrigin.PostmasterReport)]
    public async Task Who_made_a_message_is_told_by_its_envelope(MessageOrigin origin)
    {
        await using (var writer = _stores.Spool.Create(_id))
            await writer.CommitAsync(Sample.Envelope(_id) with { Origin = origin }, Sample.Trace, CancellationToken.None);

        await using var reader = (await Sample.OpenAsync(_stores.Spool, _id)).Reader;

        Assert.Equal(origin, reader.Envelope.Origin);
    }

    [Fact]
    public async Task A_message_spooled_before_origins_were_written_still_opens()
    {
        var line = $$"""
            {"v":1,"id":"{{_id}}","recipients":[{"target":"a@x.test","original":"a@x.test","isLocal":false}],"eightBitMime":false,"helo":"c.test",
            "receivedAt":"2026-03-01T12:00:00+00:00","traceLength":0,"contentLength":0,
            "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
            """.ReplaceLineEndings("") + "\n";
        await _stores.Connection.Blobs.GetBlobContainerClient(BlobNames.SpoolContainer).GetBlockBlobClient(_id.Text)
            .UploadAsync(new MemoryStream(System.Text.Encoding.ASCII.GetBytes(line)));

        await using var reader = (await Sample.OpenAsync(_stores.Spool, _id)).Reader;

        Assert.Equal((MessageOrigin.Client, null, "a@x.test"), (
            reader.Envelope.Origin, reader.Envelope.ReversePath, Assert.Single(reader.Envelope.Recipients).Target.ToString()));
        Assert.Empty(await Sample.ReadAsync(reader));
    }
}
