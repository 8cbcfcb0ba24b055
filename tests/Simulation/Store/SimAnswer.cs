// An answer of the simulated service.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Azure;
using Azure.Core;

namespace MailFunctions.Simulation.Store;

/// <summary>Status, headers and body.</summary>
internal sealed class SimAnswer(int status, byte[]? body = null)
{
    private readonly Dictionary<string, string> _headers = new(StringComparer.OrdinalIgnoreCase) { ["Content-Length"] = Length(body) };

    /// <summary>The HTTP status.</summary>
    public int Status => status;

    /// <summary>The error code, or nothing.</summary>
    public string ErrorCode => _headers.GetValueOrDefault("x-ms-error-code", "");

    /// <summary>The body.</summary>
    public byte[] Body { get; } = body ?? [];

    /// <summary>The headers.</summary>
    public IReadOnlyDictionary<string, string> Headers => _headers;

    /// <summary>A refusal.</summary>
    public static SimAnswer Refuse(int status, string code) =>
        new SimAnswer(status, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>"))
            .With("x-ms-error-code", code).With("Content-Type", "application/xml");

    /// <summary>XML.</summary>
    public static SimAnswer Xml(string text, int status = 200) => new SimAnswer(status, Encoding.UTF8.GetBytes(text)).With("Content-Type", "application/xml");

    /// <summary>This answer with a header more.</summary>
    public SimAnswer With(string name, string value)
    {
        _headers[name] = value;
        return this;
    }

    /// <summary>A time as headers and lists have it: whole seconds.</summary>
    public static string Print(DateTimeOffset time) => time.UtcDateTime.ToString("R", CultureInfo.InvariantCulture);

    /// <summary>The answer as the SDK takes it.</summary>
    public Response ToResponse(bool withBody) => new SimResponse(this, withBody);

    private static string Length(byte[]? body) => (body?.Length ?? 0).ToString(CultureInfo.InvariantCulture);

    private sealed class SimResponse(SimAnswer answer, bool withBody) : Response
    {
        public override int Status => answer.Status;

        public override string ReasonPhrase => answer.ErrorCode;

        public override Stream? ContentStream { get; set; } = withBody ? new MemoryStream(answer.Body) : null;

        public override string ClientRequestId { get; set; } = "";

        public override void Dispose()
        {
        }

        protected override bool ContainsHeader(string name) => answer.Headers.ContainsKey(name);

        protected override IEnumerable<HttpHeader> EnumerateHeaders() => answer.Headers.Select(header => new HttpHeader(header.Key, header.Value));

        protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => answer.Headers.TryGetValue(name, out value);

        protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
        {
            values = TryGetHeader(name, out var value) ? [value] : null;
            return values is not null;
        }
    }
}

/// <summary>A refusal that a call ends with.</summary>
internal sealed class SimRefusal(int status, string code) : Exception(code)
{
    /// <summary>The answer.</summary>
    public SimAnswer Answer => SimAnswer.Refuse(status, Message);
}
