// mailctl scale
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace MailFunctions.Mailctl.Scaling;

/// <summary>Reckons what a rate of mail asks of storage, queues and machines, and which limit is met first. Looks at nothing that exists.</summary>
internal sealed class ScaleShow : StoragelessVerb
{
    private readonly Option<double> _rate = Number("--messages-per-second", "N", "Messages that come in, in a busy second.", null);
    private readonly Option<double> _recipients = Number("--recipients", "N", "Mailboxes that a local message is for.", new Workload().Recipients);
    private readonly Option<double> _relayed = Share("--relayed", "The share that is relayed, to one domain each.", new Workload().Relayed);
    private readonly Option<double> _inVain = Number("--in-vain", "N", "How often a relayed message is tried in vain, on average.", new Workload().InVain);
    private readonly Option<double> _waiting = Number("--waiting", "N", "Messages that have waited for hours for sites that are down.", 0);
    private readonly Option<double> _size = Number("--size", "KB", "The length of a message.", new Workload().Kilobytes);
    private readonly Option<double> _fetches = Number(
        "--fetches", "N", "POP3 sessions for each copy that is delivered; unless 0, each copy is read once and deleted.", new Workload().Fetches);
    private readonly Option<double> _mailbox = Number("--mailbox", "N", "Messages in a mailbox, which each session lists.", new Workload().MailboxMessages);
    private readonly Option<double> _call = Number("--call", "MS", "The time of one call to storage, which is an assumption.", new Workload().CallMilliseconds);
    private readonly Option<double> _delivery = Number(
        "--delivery", "MS", "The time that another server takes for a message, which is an assumption.", new Workload().DeliveryMilliseconds);
    private readonly Option<bool> _largeRegion = new("--large-region") { Description = "The account is in one of the regions with the larger limits." };

    public ScaleShow()
        : base(
            "scale",
            "Reckons what so much mail asks of one deployment: requests, octets, shares of Azure's documented limits, machines, and which limit is met first. "
                + "Calls are those that tests count, CPU is what was measured; nothing is looked up.",
            "mailctl scale --messages-per-second 1000 --relayed 0.5")
    {
        foreach (var option in (Option[])[_rate, _recipients, _relayed, _inVain, _waiting, _size, _fetches, _mailbox, _call, _delivery, _largeRegion])
            Add(option);
    }

    /// <inheritdoc/>
    public override Task<Answer> AnswerAsync(ParseResult arguments, CancellationToken cancellationToken) => Task.FromResult<Answer>(
        new Answer.Done(ScaleModel.Of(new Workload
        {
            MessagesPerSecond = arguments.GetValue(_rate), Recipients = arguments.GetValue(_recipients), Relayed = arguments.GetValue(_relayed),
            InVain = arguments.GetValue(_inVain), Waiting = arguments.GetValue(_waiting), Kilobytes = arguments.GetValue(_size),
            Fetches = arguments.GetValue(_fetches), MailboxMessages = arguments.GetValue(_mailbox), CallMilliseconds = arguments.GetValue(_call),
            DeliveryMilliseconds = arguments.GetValue(_delivery), IsInLargeRegion = arguments.GetValue(_largeRegion),
        })));

    private static Option<double> Share(string name, string what, double usual) => Option(name, "SHARE", what, usual, most: 1);

    private static Option<double> Number(string name, string unit, string what, double? usual) => Option(name, unit, what, usual, most: 1e12);

    private static Option<double> Option(string name, string unit, string what, double? usual, double most)
    {
        var option = new Option<double>(name) { HelpName = unit, Description = what, CustomParser = result => Read(result, name, most) };
        if (usual is { } value)
        {
            option.Description = $"{what} {value.ToString(CultureInfo.InvariantCulture)} if not given.";
            option.DefaultValueFactory = _ => value;
        }
        else
        {
            option.Required = true;
        }
        return option;
    }

    private static double Read(ArgumentResult result, string name, double most)
    {
        var text = result.Tokens[0].Value;
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number <= most)
            return number;
        result.AddError($"'{text}' is nothing that {name} can be: give a number from 0 to {most.ToString("0", CultureInfo.InvariantCulture)}.");
        return 0;
    }
}
