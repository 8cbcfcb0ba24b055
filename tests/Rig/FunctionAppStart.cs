// The start of the published function app, timed as its users feel it.
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace MailFunctions.Rig;

/// <summary>From the start of the process to the answer to its first invocation.</summary>
public static class FunctionAppStart
{
    // Of a version that is not ours: it is dropped without storage.
    private const string Work = """{"Data":{"msg":"eyJ2Ijo5OX0="},"Metadata":{}}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Starts the program as the Functions host does, asks every 25 ms whether it is there, calls a function, and then all of them with what is no call:
    /// every answer must have a body of JSON.
    /// </summary>
    /// <param name="folder">Where it was published to.</param>
    /// <returns>The time from its start to the end of the first call.</returns>
    public static async Task<TimeSpan> MeasureAsync(string folder)
    {
        var port = AzuriteServer.FreePorts(1);
        var start = new ProcessStartInfo($"{folder}/MailFunctions.App")
        {
            WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["FUNCTIONS_CUSTOMHANDLER_PORT"] = $"{port}", ["FUNCTIONS_HTTPWORKER_PORT"] = $"{port}", ["FUNCTIONS_CUSTOMHANDLER_WORKER_ID"] = $"{Guid.Empty}",
            ["FUNCTIONS_HTTPWORKER_ID"] = $"{Guid.Empty}", ["FUNCTIONS_APP_ROOT_PATH"] = folder, ["Mail__Storage"] = "nobodyshere",
            ["Mail__Relay__Hold"] = "true",
        })
            start.Environment[name] = value;
        start.Environment.Remove("DOTNET_ROOT"); // it brings its own

        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}/") };
        var started = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            while (!await AnswersAsync(client))
            {
                Assert.True(!process.HasExited && Stopwatch.GetElapsedTime(started) < Patience, process.HasExited ? await errors : "It does not answer.");
                await Task.Delay(25);
            }
            var (status, body) = await InvokeAsync(client, "RouteMessage", Work);
            var served = Stopwatch.GetElapsedTime(started);
            Assert.Equal((HttpStatusCode.OK, "{}"), (status, body));

            string[] functions = ["RouteMessage", "RelayMessage", "ParkPoisonedAccepted", "ParkPoisonedRelay", "RetryDeferred", "SweepSpool", "Nothing"];
            foreach (var function in functions)
                Assert.StartsWith("{", (await InvokeAsync(client, function, "no invocation")).Body, StringComparison.Ordinal);
            return served;
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var answer = await client.GetAsync(new Uri("/", UriKind.Relative));
            return (await answer.Content.ReadAsStringAsync()).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task<(HttpStatusCode Status, string Body)> InvokeAsync(HttpClient client, string function, string json)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"/{function}", UriKind.Relative))
        {
            Content = new StringContent(json, Encoding.UTF8, "application/json"),
        };
        request.Headers.TransferEncodingChunked = true;
        request.Headers.Add("X-Azure-Functions-HostVersion", "4.1037.0");
        request.Headers.Add("X-Azure-Functions-InvocationId", Guid.Empty.ToString("D", CultureInfo.InvariantCulture));
        using var answer = await client.SendAsync(request);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
