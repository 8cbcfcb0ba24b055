// What one method of authentication found.
namespace MailFunctions.Authentication;

/// <summary>One result among those of a message (RFC 8601 2.2).</summary>
/// <param name="Method">The method: <c>spf</c>, <c>dkim</c>, <c>dmarc</c>, <c>arc</c>.</param>
/// <param name="Result">Its result, in the words of RFC 8601 2.7.</param>
public sealed record MethodResult(string Method, string Result)
{
    /// <summary>Why; any text.</summary>
    public string Reason { get; init; } = "";

    /// <summary>What was looked at, by name: <c>header.d</c>, <c>smtp.mailfrom</c>. Values may be any text of a sender's.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];
}
