// curl's test cases for POP3: what curl sends is answered as curl expects it.
using System.Text.Json;
using MailFunctions.Rig;

namespace MailFunctions.Protocol.Pop3;

public sealed class CurlCases
{
    // What is not played, and why.
    private static readonly Dictionary<int, string> LeftOut = new()
    {
        [864] = "APOP is not offered",
        [866] = "a login by AUTH", [868] = "NTLM", [870] = "XOAUTH2", [872] = "a login by AUTH", [874] = "XOAUTH2", [877] = "NTLM", [879] = "CRAM-MD5",
        [881] = "DIGEST-MD5", [883] = "EXTERNAL", [885] = "EXTERNAL", [887] = "OAUTHBEARER", [889] = "OAUTHBEARER", [891] = "CRAM-MD5", [893] = "a login by AUTH",
        [985] = "a server without CAPA",
    };

    [Fact]
    public async Task What_curl_sends_is_answered_as_curl_expects()
    {
        var path = Path.Combine(Testdata.Require("smtp-pop3-curl"), "pop3.json");
        using var json = JsonDocument.Parse(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var played = 0;
        foreach (var row in json.RootElement.EnumerateArray())
        {
            if (LeftOut.ContainsKey(row.GetProperty("test").GetInt32()))
                continue;
            await PlayAsync(row);
            played++;
        }
        Assert.Equal(9, played);
    }

    private static async Task PlayAsync(JsonElement row)
    {
        var test = row.GetProperty("test").GetInt32();
        var lines = row.GetProperty("client_lines").EnumerateArray().Select(line => line.GetString()!).ToList();
        var data = row.GetProperty("server_data").GetString()?.Replace("\r\n", "\n", StringComparison.Ordinal).Replace("\n", "\r\n", StringComparison.Ordinal);
        var isMessage = lines.Any(line => line.StartsWith("RETR", StringComparison.Ordinal) || line.StartsWith("TOP", StringComparison.Ordinal));
        await using var server = new Pop3Server();
        if (isMessage)
            server.With(data!);
        else if (test != 854) // an empty mailbox
            server.With([.. Enumerable.Repeat("a: b\r\n\r\n", data?.Count(octet => octet == '\n') ?? 1)]);
        var client = server.Connect();
        Assert.StartsWith("+OK", await client.ReadLineAsync());
        foreach (var line in lines)
        {
            // curl's mailbox has one message, whose number is that of the case; ours numbers from 1. 852 asks for one that is not there.
            var sent = test == 852 ? line : line.Replace($" {test}", " 1", StringComparison.Ordinal);
            var answer = await client.SayAsync(sent == "USER user" ? "USER alice@example.test" : sent);
            Assert.StartsWith(IsRefused(row, line) ? "-ERR" : "+OK", answer);
            var verb = line.Split(' ')[0];
            if (verb == "CAPA" || answer.StartsWith("+OK", StringComparison.Ordinal) && (line == "LIST" || verb is "RETR" or "TOP"))
            {
                var content = await client.ReadContentAsync();
                if (verb is "RETR" or "TOP")
                    Assert.Equal(data, content);
                else if (verb == "LIST")
                    Assert.Equal(data?.Count(octet => octet == '\n') ?? 0, content.Count(octet => octet == '\n'));
            }
        }
    }

    private static bool IsRefused(JsonElement row, string line) => row.GetProperty("server_behaviour").EnumerateArray()
        .Any(behaviour => behaviour.GetString()!.StartsWith($"REPLY {line.Split(' ')[0]} -ERR", StringComparison.Ordinal));
}
