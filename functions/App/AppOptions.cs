// The settings of the function app, read once and checked at start.
using System.Globalization;
using Microsoft.Extensions.Options;

namespace MailFunctions.App;

/// <summary>The settings of this program (section <c>Mail</c>), all of them valid.</summary>
/// <param name="Port">The port of 127.0.0.1 on which the Functions host calls.</param>
/// <param name="SweepAge">How long a message may be idle before the sweep enqueues it.</param>
internal sealed record AppOptions(ushort Port, TimeSpan SweepAge)
{
    /// <summary>Set by the Functions host for the program that it starts.</summary>
    public const string PortKey = "FUNCTIONS_CUSTOMHANDLER_PORT";

    private const string SweepAgeKey = "Mail:Sweep:Age";

    private static readonly TimeSpan MinSweepAge = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MaxSweepAge = TimeSpan.FromHours(6);

    /// <summary>Reads the settings.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; the message names every key and says what is allowed.</exception>
    public static AppOptions Read(IConfiguration configuration)
    {
        var failures = new List<string>();
        if (!ushort.TryParse(configuration[PortKey], NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            failures.Add($"{PortKey} must be a port number; the Functions host sets it when it starts this program.");

        var sweepAge = TimeSpan.FromMinutes(10);
        if (configuration[SweepAgeKey] is { } text
            && (!TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out sweepAge) || sweepAge < MinSweepAge || sweepAge > MaxSweepAge))
            failures.Add($"{SweepAgeKey} is '{text}' and must be a time like 00:10:00, from {MinSweepAge} to {MaxSweepAge}.");

        return failures.Count == 0 ? new AppOptions(port, sweepAge) : throw new OptionsValidationException("Mail", typeof(AppOptions), failures);
    }
}
