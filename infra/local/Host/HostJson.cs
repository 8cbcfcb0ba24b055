// The JSON that the Functions host reads and writes.
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MailFunctions.Local.Host;

/// <summary>The source-generated readers and writers of host.json, function.json and the timers' status blobs.</summary>
[JsonSourceGenerationOptions(
    PropertyNameCaseInsensitive = true, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true)]
[JsonSerializable(typeof(HostFile))]
[JsonSerializable(typeof(FunctionFile))]
[JsonSerializable(typeof(ScheduleStatus))]
internal sealed partial class HostJson : JsonSerializerContext;
