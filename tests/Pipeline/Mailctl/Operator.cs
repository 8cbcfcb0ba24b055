// An operator at a workstation: runs mailctl in this process, on a storage account of his own.
using System.Text;
using System.Text.Json;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Mailctl;

/// <summary>What mailctl said and how it ended.</summary>
internal sealed record Said(ExitCode Code, string Output, string Error)
{
    /// <summary>What was printed as octets.</summary>
    public byte[] Octets { get; init; } = [];

    /// <summary>The output as the one JSON document that it must be.</summary>
    public JsonElement Json => JsonDocument.Parse(Output).RootElement;
}

internal sealed class Operator(string storage) : IDisposable
{
    public const string Password = "correct horse battery";

    /// <summary>How to reach the storage account.</summary>
    public string Storage => storage;

    /// <summary>The stores beneath, as the other programs see them.</summary>
    public MailStores Stores { get; } = MailStores.Open(new StorageOptions { Storage = storage }, "Development");

    /// <summary>Runs mailctl with a line of arguments separated by spaces, and this as standard input.</summary>
    public Task<Said> RunAsync(string arguments, string input = "") =>
        RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), Encoding.UTF8.GetBytes(input));

    /// <summary>Runs mailctl at a terminal, where this is typed.</summary>
    public Task<Said> TypeAsync(string arguments, string typed) =>
        RunAsync(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries), Encoding.UTF8.GetBytes(typed), atTerminal: true);

    public async Task<Said> RunAsync(IEnumerable<string> arguments, byte[] input, bool atTerminal = false)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        using var octets = new MemoryStream();
        var workstation = new Workstation
        {
            Input = new MemoryStream(input), InputIsTerminal = atTerminal, Output = output, OutputOctets = octets, Error = error,
            Variable = name => name == "Mail__Storage" ? storage : null,
        };
        var code = await new CommandLine(workstation).RunAsync([.. arguments], CancellationToken.None);
        return new Said(code, output.ToString(), error.ToString()) { Octets = octets.ToArray() };
    }

    /// <summary>Runs mailctl and sees that it is done without a warning.</summary>
    public async Task<string> DoAsync(string arguments, string input = "")
    {
        var said = await RunAsync(arguments, input);
        Assert.Equal((ExitCode.Done, ""), (said.Code, said.Error));
        return said.Output;
    }

    /// <summary>Makes example.test with its postmaster and these further accounts.</summary>
    public async Task SetUpAsync(params string[] accounts)
    {
        Assert.Equal(ExitCode.Done, (await RunAsync("domain add example.test --postmaster boss@example.test")).Code);
        foreach (var account in accounts.Prepend("boss"))
            await DoAsync($"account add {account}@example.test", Password + "\n");
    }

    /// <summary>Delivers a message as the pipeline does; gives its uid.</summary>
    public async Task<SpoolId> DeliverAsync(string account, string message, string returnPath = "sender@elsewhere.test")
    {
        var address = EmailAddress.Parse(account);
        var uid = SpoolId.New(TimeProvider.System);
        var head = Encoding.Latin1.GetBytes($"Return-Path: <{returnPath}>\r\nDelivered-To: {account}\r\n");
        Assert.True(await Stores.Mailboxes.DeliverAsync(address, uid, head, Encoding.Latin1.GetBytes(message), CancellationToken.None));
        return uid;
    }

    /// <summary>The uids in a mailbox, without tombstones.</summary>
    public ValueTask<List<SpoolId>> MailAsync(string account) => Stores.Mailboxes.ListAsync(EmailAddress.Parse(account), CancellationToken.None)
        .Where(entry => !entry.IsTombstone).Select(entry => entry.Uid).ToListAsync();

    public async Task<Account> AccountAsync(string address)
    {
        var account = await Stores.Directory.Accounts.ListAsync(CancellationToken.None).FirstOrDefaultAsync(known => known.Address.ToString() == address);
        Assert.NotNull(account);
        return account;
    }

    /// <summary>Waits until storage dates what is written later than this.</summary>
    public async Task WaitForNextSecondAsync()
    {
        var stamp = await StampAsync();
        while (await StampAsync() == stamp)
            await Task.Delay(50);
    }

    public void Dispose() => Stores.Dispose();

    private async Task<DateTimeOffset> StampAsync() =>
        (await Stores.Connection.Blobs.GetBlobContainerClient("spool").GetPropertiesAsync()).GetRawResponse().Headers.Date ?? default;
}
