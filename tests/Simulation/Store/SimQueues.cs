// The simulated queue service.
using System.Globalization;
using System.Security;
using System.Text;
using System.Xml.Linq;

namespace MailFunctions.Simulation.Store;

/// <summary>A message in a queue.</summary>
internal sealed class SimMessage
{
    /// <summary>Its number among all messages, by which its id is made.</summary>
    public required long Number { get; init; }

    /// <summary>The text.</summary>
    public required string Text { get; set; }

    /// <summary>When it was put.</summary>
    public required DateTimeOffset Inserted { get; init; }

    /// <summary>When it is dropped.</summary>
    public required DateTimeOffset Expires { get; init; }

    /// <summary>From when on it is seen.</summary>
    public required DateTimeOffset Visible { get; set; }

    /// <summary>The receipt of whoever took it last.</summary>
    public required string Receipt { get; set; }

    /// <summary>How often it was taken.</summary>
    public int Taken { get; set; }

    /// <summary>Its id, a GUID.</summary>
    public string Id => string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{Number:x12}");
}

/// <summary>Queues with visibility, receipts and time to live.</summary>
internal sealed class SimQueues(TimeProvider clock)
{
    private static readonly TimeSpan DefaultLife = TimeSpan.FromDays(7);
    private static readonly TimeSpan DefaultVisibility = TimeSpan.FromSeconds(30);
    private static readonly DateTimeOffset Never = new(9999, 12, 31, 23, 59, 59, TimeSpan.Zero);

    private readonly Dictionary<string, List<SimMessage>> _queues = [];
    private long _numbers;
    private long _receipts;

    private DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The messages of a queue that are still there, seen or not.</summary>
    public IReadOnlyList<SimMessage> In(string queue) => _queues.TryGetValue(queue, out var messages) ? Living(messages) : [];

    /// <summary>Takes all messages out of a queue, as an operator's purge does.</summary>
    public void Purge(string queue) => _queues[queue].Clear();

    /// <summary>Answers a call.</summary>
    public SimAnswer Handle(SimRequest request)
    {
        var name = request.Path[0];
        if (request.Path.Count == 1 && request is { Method: "PUT", Component: "" })
            return new SimAnswer(_queues.TryAdd(name, []) ? 201 : 204);
        if (!_queues.TryGetValue(name, out var messages))
            throw new SimRefusal(404, "QueueNotFound");
        messages = Living(messages);
        var rest = request.Path.Count == 1 ? "" : request.Path[1];
        if (rest.Contains('/', StringComparison.Ordinal))
            return HandleOne(request, messages, rest[(rest.IndexOf('/', StringComparison.Ordinal) + 1)..]);
        return (request.Method, rest, request.Component) switch
        {
            ("GET" or "HEAD", "", "metadata") => new SimAnswer(200)
                .With("x-ms-approximate-messages-count", messages.Count.ToString(CultureInfo.InvariantCulture)),
            ("POST", "messages", _) => Put(request, messages),
            ("GET", "messages", _) => request.Query.GetValueOrDefault("peekonly") == "true" ? Peek(request, messages) : Get(request, messages),
            _ => throw new NotSupportedException($"{request.Method} {request.Target}?comp={request.Component} is not simulated."),
        };
    }

    private SimAnswer HandleOne(SimRequest request, List<SimMessage> messages, string id)
    {
        var message = messages.Find(candidate => candidate.Id == id) ?? throw new SimRefusal(404, "MessageNotFound");
        if (request.Query.GetValueOrDefault("popreceipt") != message.Receipt)
            throw new SimRefusal(400, "PopReceiptMismatch");
        switch (request.Method)
        {
            case "DELETE":
                messages.Remove(message);
                return new SimAnswer(204);
            case "PUT":
                message.Visible = Now.AddSeconds(request.Number("visibilitytimeout") ?? 0);
                message.Receipt = NextReceipt();
                if (request.Body.Length > 0)
                    message.Text = ReadText(request);
                return new SimAnswer(204).With("x-ms-popreceipt", message.Receipt).With("x-ms-time-next-visible", SimAnswer.Print(message.Visible));
            default:
                throw new NotSupportedException($"{request.Method} of a message is not simulated.");
        }
    }

    private SimAnswer Put(SimRequest request, List<SimMessage> messages)
    {
        var life = request.Number("messagettl") is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultLife;
        var message = new SimMessage
        {
            Number = ++_numbers, Text = ReadText(request), Inserted = Now, Visible = Now.AddSeconds(request.Number("visibilitytimeout") ?? 0),
            Expires = life < TimeSpan.Zero ? Never : Now + life, Receipt = NextReceipt(),
        };
        messages.Add(message);
        var answer = Print([message], static (_, _) => { });
        return new SimAnswer(201, answer.Body).With("Content-Type", "application/xml");
    }

    private SimAnswer Get(SimRequest request, List<SimMessage> messages)
    {
        var until = Now + (request.Number("visibilitytimeout") is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultVisibility);
        var taken = Visible(request, messages);
        var receipt = NextReceipt();
        foreach (var message in taken)
        {
            message.Visible = until;
            message.Taken++;
            message.Receipt = receipt;
        }
        return Print(taken, PrintText);
    }

    private SimAnswer Peek(SimRequest request, List<SimMessage> messages) => Print(Visible(request, messages), PrintText);

    private List<SimMessage> Visible(SimRequest request, List<SimMessage> messages) =>
    [
        .. messages.Where(message => message.Visible <= Now).OrderBy(message => message.Visible).ThenBy(message => message.Number)
            .Take(request.Number("numofmessages") ?? 1),
    ];

    private static SimAnswer Print(List<SimMessage> messages, Action<StringBuilder, SimMessage> more)
    {
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>");
        foreach (var message in messages)
        {
            xml.Append("<QueueMessage><MessageId>").Append(message.Id).Append("</MessageId><InsertionTime>").Append(SimAnswer.Print(message.Inserted))
                .Append("</InsertionTime><ExpirationTime>").Append(SimAnswer.Print(message.Expires)).Append("</ExpirationTime><PopReceipt>")
                .Append(message.Receipt).Append("</PopReceipt><TimeNextVisible>").Append(SimAnswer.Print(message.Visible)).Append("</TimeNextVisible>");
            more(xml, message);
            xml.Append("</QueueMessage>");
        }
        return SimAnswer.Xml(xml.Append("</QueueMessagesList>").ToString());
    }

    private static void PrintText(StringBuilder xml, SimMessage message) =>
        xml.Append(CultureInfo.InvariantCulture, $"<DequeueCount>{message.Taken}</DequeueCount><MessageText>")
            .Append(SecurityElement.Escape(message.Text)).Append("</MessageText>");

    private static string ReadText(SimRequest request) =>
        XDocument.Load(new MemoryStream(request.Body)).Root!.Element("MessageText")!.Value;

    private List<SimMessage> Living(List<SimMessage> messages)
    {
        messages.RemoveAll(message => message.Expires <= Now);
        return messages;
    }

    private string NextReceipt() => Convert.ToBase64String(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"receipt {++_receipts:d9}")));
}
