// The settings of what is told to the outside, the same for both programs.
using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace MailFunctions.Telemetry;

/// <summary>What leaves the process, and how mail addresses look in it.</summary>
internal sealed record TelemetrySettings
{
    /// <summary>The standard variable that switches the export on.</summary>
    public const string EndpointKey = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>The standard variable that names the export's protocol.</summary>
    public const string ProtocolKey = "OTEL_EXPORTER_OTLP_PROTOCOL";

    /// <summary>How addresses are shown.</summary>
    public const string PrivacyKey = "Mail:Privacy";

    /// <summary>The key of hashes.</summary>
    public const string HashKeyKey = "Mail:PrivacyKey";

    /// <summary>The fewest octets of a key.</summary>
    public const int MinHashKeyLength = 16;

    /// <summary>Whether anything is exported.</summary>
    public bool Exports { get; private init; }

    /// <summary>How addresses are shown.</summary>
    public AddressPrivacy Privacy { get; private init; } = AddressPrivacy.Clear;

    /// <summary>Reads them.</summary>
    /// <exception cref="OptionsValidationException">Something is wrong; the message names every key and says what is allowed.</exception>
    public static TelemetrySettings Read(IConfiguration configuration)
    {
        var failures = new List<string>();
        var endpoint = configuration[EndpointKey];
        var isValid = Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
        if (!string.IsNullOrEmpty(endpoint) && !isValid)
            failures.Add($"{EndpointKey} is '{endpoint}': give a URL like http://localhost:4318, or nothing.");
        if (configuration[ProtocolKey] is { Length: > 0 } protocol and not ("grpc" or "http/protobuf"))
            failures.Add($"{ProtocolKey} is '{protocol}': grpc and http/protobuf are allowed.");

        var key = configuration[HashKeyKey] is { Length: > 0 } text ? Encoding.UTF8.GetBytes(text) : null;
        if (key?.Length < MinHashKeyLength)
            failures.Add($"{HashKeyKey} has less than {MinHashKeyLength} octets: give a longer secret, the same for both programs, or none.");
        var privacy = AddressPrivacy.TryCreate(configuration[PrivacyKey], key);
        if (privacy is null)
            failures.Add($"{PrivacyKey} is '{configuration[PrivacyKey]}': clear, hashed and domains are allowed.");
        if (privacy is null || failures.Count > 0)
            throw new OptionsValidationException("Mail", typeof(TelemetrySettings), failures);
        return new TelemetrySettings
        {
            Exports = isValid && !IsTrue(configuration["OTEL_SDK_DISABLED"]),
            Privacy = privacy,
        };
    }

    private static bool IsTrue(string? value) => string.Equals(value, "true", StringComparison.OrdinalIgnoreCase);
}
