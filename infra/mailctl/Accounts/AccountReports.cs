// What the account verbs print.
using System.Text.Json;
using MailFunctions.Mail;
using Spectre.Console;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>An account; what its password is checked against is told nowhere.</summary>
/// <param name="Address">Its address and login.</param>
/// <param name="RemovedAt">When it was removed; null for one in use.</param>
/// <param name="Quota">The most octets of its mailbox; 0 for no limit, null for what the gateway has configured.</param>
internal sealed record AccountView(string Address, DateTimeOffset? RemovedAt, long? Quota)
{
    public static AccountView Of(Account account) => new(account.Address.ToString(), account.RemovedAt, account.Quota);
}

/// <summary>All accounts, removed ones too.</summary>
internal sealed record AccountListReport(IReadOnlyList<AccountView> Accounts) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.AccountListReport);

    public void Print(IAnsiConsole console) => console.PrintTable(
        "There are no accounts.", ["ACCOUNT", "STATE", "QUOTA"],
        Accounts.Select(account => (string[])
        [
            account.Address, account.RemovedAt is { } since ? $"removed {since.ForPeople()}" : "in use", new MailboxSize(account.Quota).ToString(),
        ]));
}

/// <summary>What became of a mailbox.</summary>
/// <param name="Fate"><c>found</c> again, <c>kept</c>, <c>exported</c> or <c>deleted</c>.</param>
/// <param name="Messages">How many messages that is.</param>
/// <param name="File">The file they were exported to, or null.</param>
internal sealed record MailboxView(string Fate, long Messages, string? File);

/// <summary>An account that was added, changed or removed.</summary>
internal sealed record AccountReport(string Action, AccountView Account, MailboxView? Mailbox) : IReport
{
    public string ToJson() => JsonSerializer.Serialize(this, ReportJson.Readable.AccountReport);

    public void Print(IAnsiConsole console)
    {
        console.PrintLine($"{Account.Address}: {Action}.");
        if (Mailbox is var (fate, messages, file))
            console.PrintLine($"Messages {fate}: {messages}{(file is null ? "" : $", in {file}")}.");
    }
}
