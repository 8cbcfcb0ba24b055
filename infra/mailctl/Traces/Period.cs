// From when to when an operator asks.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MailFunctions.Mailctl.Traces;

/// <summary>The options --since and --until: times, or ages like 4h.</summary>
internal sealed class Period
{
    private readonly Option<Moment?> _since = Moments("--since", "From when: a time in UTC like 2026-01-31T12:00, or how long ago, like 30m, 4h or 7d.");
    private readonly Option<Moment?> _until = Moments("--until", "Until when, in the same way; now if it is not given.");

    public Period(Command verb)
    {
        verb.Add(_since);
        verb.Add(_until);
    }

    /// <summary>The two times, UTC.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Of(ParseResult arguments, DateTimeOffset now, DateTimeOffset otherwiseFrom) =>
        (arguments.GetValue(_since)?.At(now) ?? otherwiseFrom, arguments.GetValue(_until)?.At(now) ?? now);

    private static Option<Moment?> Moments(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "TIME",
        CustomParser = result => Moment.TryParse(result.Tokens[0].Value, out var moment)
            ? moment
            : Complain(result, $"'{result.Tokens[0].Value}' is neither a time like 2026-01-31T12:00 nor an age like 4h."),
    };

    private static Moment? Complain(ArgumentResult result, string why)
    {
        result.AddError(why);
        return null;
    }

    /// <summary>A time, or an age.</summary>
    internal sealed record Moment(DateTimeOffset? Time, TimeSpan Age)
    {
        public DateTimeOffset At(DateTimeOffset now) => Time ?? now - Age;

        public static bool TryParse(string text, out Moment? moment)
        {
            moment = null;
            if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 100_000)
            {
                moment = text[^1] switch
                {
                    'm' => new Moment(null, TimeSpan.FromMinutes(count)),
                    'h' => new Moment(null, TimeSpan.FromHours(count)),
                    'd' => new Moment(null, TimeSpan.FromDays(Math.Min(count, 36_500))),
                    _ => null,
                };
                return moment is not null;
            }
            if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
                return false;
            moment = new Moment(time, default);
            return true;
        }
    }
}
