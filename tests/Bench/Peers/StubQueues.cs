// The queues of the storage stub: what a queue costs must not grow with what waits in it, as it does in the simulator's.
using System.Globalization;
using System.Security;
using System.Text;
using MailFunctions.Simulation.Store;

namespace MailFunctions.Bench.Peers;

/// <summary>Queues with visibility and pop receipts. Nothing in them expires: a run is shorter than any time to live. One call at a time.</summary>
internal sealed class StubQueues(TimeProvider clock)
{
    private const int DefaultVisibility = 30; // seconds

    private readonly Dictionary<string, Queue> _queues = [];
    private long _numbers;
    private long _receipts;

    /// <summary>The messages of a queue, seen or not.</summary>
    public int Count(string queue) => _queues.TryGetValue(queue, out var found) ? found.ById.Count : 0;

    /// <summary>Answers a call.</summary>
    public SimAnswer Handle(SimRequest request)
    {
        var name = request.Path[0];
        if (request.Path.Count == 1 && request is { Method: "PUT", Component: "" })
            return new SimAnswer(_queues.TryAdd(name, new Queue()) ? 201 : 204);
        if (!_queues.TryGetValue(name, out var queue))
            return SimAnswer.Refuse(404, "QueueNotFound");
        var rest = request.Path.Count == 1 ? "" : request.Path[1];
        if (rest.IndexOf('/', StringComparison.Ordinal) is > 0 and var slash)
            return HandleOne(request, queue, rest[(slash + 1)..]);
        return (request.Method, rest) switch
        {
            ("GET" or "HEAD", "") => new SimAnswer(200).With("x-ms-approximate-messages-count", queue.ById.Count.ToString(CultureInfo.InvariantCulture)),
            ("POST", "messages") => Put(request, queue),
            ("GET", "messages") => Get(request, queue, peek: request.Query.GetValueOrDefault("peekonly") == "true"),
            _ => throw new NotSupportedException($"{request.Method} {request.Target} is not understood."),
        };
    }

    private SimAnswer HandleOne(SimRequest request, Queue queue, string id)
    {
        if (!queue.ById.TryGetValue(id, out var message))
            return SimAnswer.Refuse(404, "MessageNotFound");
        if (request.Query.GetValueOrDefault("popreceipt") != message.Receipt)
            return SimAnswer.Refuse(400, "PopReceiptMismatch");
        if (request.Method == "DELETE")
        {
            queue.ById.Remove(id);
            return new SimAnswer(204);
        }
        if (request.Body.Length > 0)
            message.Text = ReadText(request);
        Hide(queue, message, request.Number("visibilitytimeout") ?? 0);
        return new SimAnswer(204).With("x-ms-popreceipt", message.Receipt).With("x-ms-time-next-visible", SimAnswer.Print(message.Visible));
    }

    private SimAnswer Put(SimRequest request, Queue queue)
    {
        var message = new Message(++_numbers, clock.GetUtcNow()) { Text = ReadText(request) };
        queue.ById.Add(message.Id, message);
        Hide(queue, message, request.Number("visibilitytimeout") ?? 0);
        return new SimAnswer(201, Print([message], withText: false)).With("Content-Type", "application/xml");
    }

    private SimAnswer Get(SimRequest request, Queue queue, bool peek)
    {
        var (now, wanted) = (clock.GetUtcNow(), request.Number("numofmessages") ?? 1);
        var taken = new List<Message>();
        while (taken.Count < wanted && queue.ByTime.TryPeek(out var message, out var place) && place.Visible <= now)
        {
            queue.ByTime.Dequeue();
            if (place.Visible == message.Visible && queue.ById.ContainsKey(message.Id)) // else it was moved or deleted since
                taken.Add(message);
        }
        foreach (var message in taken)
        {
            if (peek)
            {
                queue.ByTime.Enqueue(message, (message.Visible, message.Number));
                continue;
            }
            message.Taken++;
            Hide(queue, message, request.Number("visibilitytimeout") ?? DefaultVisibility);
        }
        return new SimAnswer(200, Print(taken, withText: true)).With("Content-Type", "application/xml");
    }

    private void Hide(Queue queue, Message message, int seconds)
    {
        message.Visible = clock.GetUtcNow().AddSeconds(seconds);
        message.Receipt = string.Create(CultureInfo.InvariantCulture, $"r{++_receipts:d12}");
        queue.ByTime.Enqueue(message, (message.Visible, message.Number));
    }

    private static byte[] Print(List<Message> messages, bool withText)
    {
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList>");
        foreach (var message in messages)
        {
            xml.Append("<QueueMessage><MessageId>").Append(message.Id).Append("</MessageId><InsertionTime>").Append(SimAnswer.Print(message.Inserted))
                .Append("</InsertionTime><ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><PopReceipt>").Append(message.Receipt)
                .Append("</PopReceipt><TimeNextVisible>").Append(SimAnswer.Print(message.Visible)).Append("</TimeNextVisible>");
            if (withText)
            {
                xml.Append(CultureInfo.InvariantCulture, $"<DequeueCount>{message.Taken}</DequeueCount><MessageText>")
                    .Append(SecurityElement.Escape(message.Text)).Append("</MessageText>");
            }
            xml.Append("</QueueMessage>");
        }
        return Encoding.UTF8.GetBytes(xml.Append("</QueueMessagesList>").ToString());
    }

    // The texts are base64, which XML does not escape.
    private static string ReadText(SimRequest request)
    {
        var xml = Encoding.UTF8.GetString(request.Body);
        var start = xml.IndexOf("<MessageText>", StringComparison.Ordinal) + "<MessageText>".Length;
        return xml[start..xml.IndexOf('<', start)];
    }

    private sealed class Queue
    {
        public Dictionary<string, Message> ById { get; } = [];

        public PriorityQueue<Message, (DateTimeOffset Visible, long Number)> ByTime { get; } = new();
    }

    private sealed class Message(long number, DateTimeOffset inserted)
    {
        public long Number => number;

        public DateTimeOffset Inserted => inserted;

        public string Id { get; } = string.Create(CultureInfo.InvariantCulture, $"00000000-0000-4000-8000-{number:x12}");

        public string Text { get; set; } = "";

        public string Receipt { get; set; } = "";

        public DateTimeOffset Visible { get; set; }

        public int Taken { get; set; }
    }
}
