// What the limits of a session may be set to, and the limits that follow from the configuration.
using System.Globalization;
using MailFunctions.Wire;

namespace MailFunctions.Gateway;

/// <summary>The range of every limit on connections and sessions, one row each.</summary>
internal static class LimitRules
{
    private static readonly (string Name, int Least, int Most, Func<LimitOptions, int> Value)[] Numbers =
    [
        (nameof(LimitOptions.Connections), 1, 1_000_000, limits => limits.Connections),
        (nameof(LimitOptions.ConnectionsPerAddress), 1, 1_000_000, limits => limits.ConnectionsPerAddress),
        (nameof(LimitOptions.ConnectionsPerPrefix), 1, 1_000_000, limits => limits.ConnectionsPerPrefix),
        (nameof(LimitOptions.Recipients), 100, LimitOptions.MostRecipients, limits => limits.Recipients),
        (nameof(LimitOptions.RecipientsUnauthenticated), 100, LimitOptions.MostRecipients, limits => limits.RecipientsUnauthenticated),
        (nameof(LimitOptions.MessagesPerDay), 0, 1_000_000, limits => limits.MessagesPerDay),
        (nameof(LimitOptions.NewRecipientsPerDay), 0, 1_000_000, limits => limits.NewRecipientsPerDay),
        (nameof(LimitOptions.MinBytesPerSecond), 1, 1_000_000, limits => limits.MinBytesPerSecond),
        (nameof(LimitOptions.Errors), 1, 1_000, limits => limits.Errors),
        (nameof(LimitOptions.ErrorsBeforePause), 0, 1_000, limits => limits.ErrorsBeforePause),
        (nameof(LimitOptions.CommandsWithoutMail), 10, 1_000_000, limits => limits.CommandsWithoutMail),
        (nameof(LimitOptions.HeaderBytes), 4_096, 16_777_216, limits => limits.HeaderBytes),
        (nameof(LimitOptions.HeaderFields), 20, 100_000, limits => limits.HeaderFields),
        (nameof(LimitOptions.HeaderFieldBytes), 1_024, 16_777_216, limits => limits.HeaderFieldBytes),
    ];

    private static readonly (string Name, int LeastSeconds, int MostSeconds, Func<LimitOptions, TimeSpan> Value)[] Times =
    [
        (nameof(LimitOptions.Idle), 10, 3_600, limits => limits.Idle),
        (nameof(LimitOptions.Command), 5, 3_600, limits => limits.Command),
        (nameof(LimitOptions.Session), 60, 86_400, limits => limits.Session),
        (nameof(LimitOptions.Write), 10, 3_600, limits => limits.Write),
        (nameof(LimitOptions.Handshake), 1, 300, limits => limits.Handshake),
        (nameof(LimitOptions.ProxyHeader), 1, 300, limits => limits.ProxyHeader),
        (nameof(LimitOptions.Drain), 1, 600, limits => limits.Drain),
    ];

    /// <summary>Adds what is wrong with the limits.</summary>
    public static void Check(LimitOptions limits, List<string> errors)
    {
        foreach (var (name, least, most, value) in Numbers)
        {
            if (value(limits) < least || value(limits) > most)
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"Mail:Limits:{name} is {value(limits)}: {least} to {most} are allowed."));
        }
        if (limits.MailboxBytes < 0)
            errors.Add(string.Create(CultureInfo.InvariantCulture, $"Mail:Limits:MailboxBytes is {limits.MailboxBytes}: 0, for no limit, or more is allowed."));
        foreach (var (name, least, most, value) in Times)
        {
            var (from, to) = (TimeSpan.FromSeconds(least), TimeSpan.FromSeconds(most));
            if (value(limits) < from || value(limits) > to)
                errors.Add(string.Create(CultureInfo.InvariantCulture, $"Mail:Limits:{name} is {value(limits):c}: {from:c} to {to:c} are allowed."));
        }
    }

    /// <summary>The limits of a session, as configured.</summary>
    public static WireLimits ToWire(this LimitOptions limits) => new()
    {
        Idle = limits.Idle,
        Command = limits.Command,
        Session = limits.Session,
        MinBytesPerSecond = limits.MinBytesPerSecond,
        Write = limits.Write,
        Handshake = limits.Handshake,
        ProxyHeader = limits.ProxyHeader,
        Drain = limits.Drain,
        Errors = limits.Errors,
        ErrorsBeforePause = limits.ErrorsBeforePause,
        CommandsWithoutMail = limits.CommandsWithoutMail,
    };
}
