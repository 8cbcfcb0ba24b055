// A hundred thousand messages that wait, listed by a service that pages honestly: what a tick asks for.
using System.Globalization;
using System.Net;
using System.Security;
using System.Text;
using System.Web;
using Azure.Core.Pipeline;
using MailFunctions.App.Pipeline;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace MailFunctions.Pipeline.Storage;

public sealed class ManyWaitingTests
{
    private const int Waiting = 100_000;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(999, 1)] // the page's last entry is not due
    [InlineData(1_000, 2)] // the second page says so
    [InlineData(2_500, 3)]
    public async Task A_tick_with_a_hundred_thousand_waiting_lists_what_is_due_and_not_a_page_more(int due, int pages)
    {
        var now = new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
        var service = new ListingService(now, Enumerable.Range(0, Waiting).Select(n => BlobNames.Due(
            DueEntry.At(n < due ? now.AddSeconds(n - due) : now.AddSeconds(1 + n), SpoolId.New(TimeProvider.System), "x.test", poisoned: 0))));
        using var client = new HttpClient(service);
        using var stores = MailStores.Open(
            new StorageOptions { Storage = "UseDevelopmentStorage=true" }, "Development", new StorageSeams { Transport = new HttpClientTransport(client) });

        await new RetryDeferred(stores.Due, stores.Queues, TimeProvider.System, NullLogger<RetryDeferred>.Instance).RunAsync(CancellationToken.None);

        Assert.Equal(pages, service.Pages);
        Assert.Equal(due, service.Enqueued);
        Assert.Equal(due, service.Deleted);
        if (due == 0)
            Assert.Equal(1, service.Requests);
    }

    // List Blobs as the service documents it: names in order, as many as asked for but never more than 5,000, and a marker if there are more.
    private sealed class ListingService(DateTimeOffset now, IEnumerable<string> names) : HttpMessageHandler
    {
        private readonly string[] _names = [.. names.Order(StringComparer.Ordinal)];
        private int _requests;
        private int _pages;
        private int _enqueued;
        private int _deleted;

        public int Requests => _requests;

        public int Pages => _pages;

        public int Enqueued => _enqueued;

        public int Deleted => _deleted;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _requests);
            var query = HttpUtility.ParseQueryString(request.RequestUri!.Query);
            var answer = (request.Method.Method, query["comp"]) switch
            {
                ("GET", "list") => List(query["marker"], int.Parse(query["maxresults"] ?? "5000", CultureInfo.InvariantCulture)),
                ("GET", "metadata") => Counted(),
                ("POST", _) => Put(),
                ("DELETE", _) => Delete(),
                _ => throw new InvalidOperationException($"{request.Method} {request.RequestUri} is not expected."),
            };
            answer.Headers.Date = now;
            answer.RequestMessage = request;
            return Task.FromResult(answer);
        }

        private HttpResponseMessage List(string? marker, int most)
        {
            Interlocked.Increment(ref _pages);
            var from = string.IsNullOrEmpty(marker) ? 0 : int.Parse(marker, CultureInfo.InvariantCulture);
            var count = Math.Min(Math.Min(most, 5_000), _names.Length - from);
            var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"utf-8\"?><EnumerationResults ContainerName=\"due\"><Blobs>");
            foreach (var name in _names.AsSpan(from, count))
                xml.Append("<Blob><Name>").Append(SecurityElement.Escape(name)).Append("</Name><Properties><Content-Length>0</Content-Length></Properties></Blob>");
            var next = from + count < _names.Length ? (from + count).ToString(CultureInfo.InvariantCulture) : "";
            return Xml(HttpStatusCode.OK, xml.Append(CultureInfo.InvariantCulture, $"</Blobs><NextMarker>{next}</NextMarker></EnumerationResults>").ToString());
        }

        private static HttpResponseMessage Counted()
        {
            var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
            answer.Headers.Add("x-ms-approximate-messages-count", "0");
            return answer;
        }

        private HttpResponseMessage Put()
        {
            Interlocked.Increment(ref _enqueued);
            return Xml(
                HttpStatusCode.Created,
                "<?xml version=\"1.0\" encoding=\"utf-8\"?><QueueMessagesList><QueueMessage><MessageId>1</MessageId><InsertionTime>Sun, 01 Mar 2026 12:00:00 GMT"
                + "</InsertionTime><ExpirationTime>Fri, 31 Dec 9999 23:59:59 GMT</ExpirationTime><PopReceipt>1</PopReceipt><TimeNextVisible>"
                + "Sun, 01 Mar 2026 12:00:00 GMT</TimeNextVisible></QueueMessage></QueueMessagesList>");
        }

        private HttpResponseMessage Delete()
        {
            Interlocked.Increment(ref _deleted);
            return new HttpResponseMessage(HttpStatusCode.Accepted) { Content = new ByteArrayContent([]) };
        }

        private static HttpResponseMessage Xml(HttpStatusCode status, string text) =>
            new(status) { Content = new StringContent(text, Encoding.UTF8, "application/xml") };
    }
}
