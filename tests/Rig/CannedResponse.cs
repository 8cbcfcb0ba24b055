// An answer that no service gave.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Azure;
using Azure.Core;

namespace MailFunctions.Rig;

/// <summary>An answer of storage with a status, an error code and no body.</summary>
/// <param name="status">The HTTP status.</param>
/// <param name="errorCode">The storage error code, as in x-ms-error-code; null for none.</param>
/// <param name="date">The Date; null for none.</param>
public sealed class CannedResponse(int status, string? errorCode, DateTimeOffset? date = null) : Response
{
    private readonly Dictionary<string, string> _headers = Make(errorCode, date);

    /// <inheritdoc/>
    public override int Status => status;

    /// <inheritdoc/>
    public override bool IsError => status >= 400;

    /// <inheritdoc/>
    public override string ReasonPhrase => errorCode ?? "";

    /// <inheritdoc/>
    public override Stream? ContentStream { get; set; } = new MemoryStream();

    /// <inheritdoc/>
    public override string ClientRequestId { get; set; } = "";

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    /// <inheritdoc/>
    protected override bool ContainsHeader(string name) => _headers.ContainsKey(name);

    /// <inheritdoc/>
    protected override IEnumerable<HttpHeader> EnumerateHeaders() => _headers.Select(header => new HttpHeader(header.Key, header.Value));

    /// <inheritdoc/>
    protected override bool TryGetHeader(string name, [NotNullWhen(true)] out string? value) => _headers.TryGetValue(name, out value);

    /// <inheritdoc/>
    protected override bool TryGetHeaderValues(string name, [NotNullWhen(true)] out IEnumerable<string>? values)
    {
        values = TryGetHeader(name, out var value) ? [value] : null;
        return values is not null;
    }

    private static Dictionary<string, string> Make(string? errorCode, DateTimeOffset? date)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Content-Length"] = "0" };
        if (errorCode is not null)
            headers["x-ms-error-code"] = errorCode;
        if (date is { } told)
            headers["Date"] = told.ToString("R", CultureInfo.InvariantCulture);
        return headers;
    }
}
