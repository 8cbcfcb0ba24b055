// What is sent in the long run, and who fetches it.
using System.Diagnostics;
using System.Globalization;
using MailFunctions.Rig;

namespace MailFunctions.Bench.Soak;

/// <summary>An open load: a message is due at its time, whatever has become of those before it.</summary>
internal sealed class SoakLoad : IDisposable
{
    private const int Mailboxes = 10;
    private const int MostAtOnce = 1_000;
    private const double LargeShare = 0.001, MediumShare = 0.02, FarShare = 0.1;
    private static readonly TimeSpan SendsAgainAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan BetweenSessions = TimeSpan.FromSeconds(5);

    private readonly Deliveries _deliveries;
    private readonly Submitter _submitter;
    private readonly Random _chance;
    private readonly List<MailboxReader> _readers;
    private readonly SemaphoreSlim _room = new(MostAtOnce);

    /// <summary>Makes it; nothing is sent yet.</summary>
    /// <param name="smtp">Where mail is taken.</param>
    /// <param name="pop3">Where it is fetched.</param>
    /// <param name="deliveries">The book.</param>
    /// <param name="keeps">How long most copies stay in their mailboxes.</param>
    /// <param name="seed">Where chance comes from.</param>
    public SoakLoad(int smtp, int pop3, Deliveries deliveries, TimeSpan keeps, int seed)
    {
        _deliveries = deliveries;
        _submitter = new Submitter(smtp, deliveries, SendsAgainAfter);
        _chance = new Random(seed);
        _readers =
        [
            .. Enumerable.Range(0, Mailboxes)
                .Select(number => new MailboxReader(pop3, Mailbox(number), deliveries, new Random(seed + 1 + number)) { Keeps = keeps }),
        ];
    }

    /// <summary>The options of a local run that make the mailboxes.</summary>
    public static IEnumerable<string> Options =>
        Enumerable.Range(0, Mailboxes).SelectMany(number => new[] { "--account", $"{Mailbox(number)}={LocalSystem.Password}" });

    /// <summary>The recipient elsewhere.</summary>
    public const string Far = "someone@far.test";

    /// <summary>What it has done so far.</summary>
    public string Told => string.Create(
        CultureInfo.InvariantCulture,
        $"{_deliveries.Accepted} accepted, {_submitter.Repeats} sent again, {_deliveries.Missing} to be found, "
            + $"POP3 {_readers.Sum(reader => reader.Sessions)} sessions, {_readers.Sum(reader => reader.Broken)} broken");

    /// <summary>Sends at a rate until stopped, and then until the last is taken.</summary>
    public async Task SendAsync(double rate, CancellationToken stopping, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        for (var number = 0; !stopping.IsCancellationRequested; number++)
        {
            var wait = TimeSpan.FromSeconds(number / rate) - Stopwatch.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
                await Task.Delay(wait, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stopping.IsCancellationRequested)
                break;
            await _room.WaitAsync(cancellationToken);
            _ = SendOneAsync(Draw(number), _chance.NextDouble() < FarShare ? Far : Mailbox(_chance.Next(Mailboxes)), cancellationToken);
        }
        for (var left = 0; left < MostAtOnce; left++)
            await _room.WaitAsync(cancellationToken);
        _room.Release(MostAtOnce);
    }

    /// <summary>Fetches until stopped.</summary>
    public Task FetchAsync(CancellationToken stopping) => Task.WhenAll(_readers.Select(reader => reader.RunAsync(BetweenSessions, stopping)));

    /// <summary>Fetches everything that is there, and leaves nothing.</summary>
    public async Task EmptyAsync(CancellationToken cancellationToken)
    {
        foreach (var reader in _readers)
        {
            reader.Keeps = TimeSpan.Zero;
            for (var found = false; !found; found = reader.FoundNothing)
            {
                await reader.ReadOnceAsync();
                await Task.Delay(50, cancellationToken);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _submitter.Dispose();
        _room.Dispose();
    }

    private async Task SendOneAsync(NumberedMessage message, string recipient, CancellationToken cancellationToken)
    {
        try
        {
            await _submitter.SubmitAsync(message, [recipient], cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // the run is given up
        }
        finally
        {
            _room.Release();
        }
    }

    private NumberedMessage Draw(int number)
    {
        var size = _chance.NextDouble();
        return NumberedMessage.Make("soak", number, size < LargeShare ? 1_048_576 : size < MediumShare ? 65_536 : 4_096);
    }

    private static string Mailbox(int number) => string.Create(CultureInfo.InvariantCulture, $"box{number}@soak.test");
}
