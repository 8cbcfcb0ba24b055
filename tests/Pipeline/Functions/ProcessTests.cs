// The program as a process: how it starts and with what it ends.
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using MailFunctions.App;
using MailFunctions.Rig;
using Microsoft.Extensions.Options;

namespace MailFunctions.Pipeline.Functions;

public sealed class ProcessTests
{
    // Well-formed and reached by nobody: these tests call no function.
    private static readonly (string, string) Storage = ("Mail__Storage", "nobodyshere");

    [Fact]
    public async Task A_program_without_storage_says_so_and_ends_with_an_error()
    {
        using var process = FunctionAppProcess.Start(WithPort(AzuriteServer.FreePorts(1)));

        var (exitCode, errors) = await process.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.Contains("Mail:Storage", Assert.Single(errors.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "00:10:00", "FUNCTIONS_CUSTOMHANDLER_PORT")]
    [InlineData("", "00:10:00", "FUNCTIONS_CUSTOMHANDLER_PORT")]
    [InlineData("70000", "00:10:00", "FUNCTIONS_CUSTOMHANDLER_PORT")]
    [InlineData("-1", "00:10:00", "FUNCTIONS_CUSTOMHANDLER_PORT")]
    [InlineData("7071", "ten minutes", "Mail:Sweep:Age")]
    [InlineData("7071", "", "Mail:Sweep:Age")]
    [InlineData("7071", "00:00:00", "Mail:Sweep:Age")]
    [InlineData("7071", "-00:10:00", "Mail:Sweep:Age")]
    [InlineData("7071", "06:00:01", "Mail:Sweep:Age")]
    [InlineData("x", "x", "Mail:Sweep:Age")]
    public void A_wrong_setting_is_named_before_anything_starts(string? port, string sweepAge, string key)
    {
        string[] args = [$"--Mail:Sweep:Age={sweepAge}", .. port is null ? [] : new[] { $"--{AppOptions.PortKey}={port}" }];

        var error = Assert.Throws<OptionsValidationException>(() => FunctionApp.Build(args, _ => Assert.Fail("The stores are added.")));

        Assert.Contains(key, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_started_by_nobody_says_what_is_missing_and_ends_with_an_error()
    {
        using var process = FunctionAppProcess.Start();

        var (exitCode, errors) = await process.EndAsync();

        Assert.Equal(1, exitCode);
        Assert.StartsWith("FUNCTIONS_CUSTOMHANDLER_PORT", errors, StringComparison.Ordinal);
        Assert.Single(errors.TrimEnd().Split('\n'));
    }

    [Fact]
    public async Task A_port_that_is_taken_ends_the_program_with_an_error()
    {
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        using var process = FunctionAppProcess.Start(WithPort(((System.Net.IPEndPoint)taken.LocalEndpoint).Port), Storage);

        Assert.Equal(1, (await process.EndAsync()).ExitCode);
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task A_stop_by_signal_asks_the_host_for_a_new_start_and_never_looks_like_a_wanted_end(string signal)
    {
        var port = AzuriteServer.FreePorts(1);
        using var process = FunctionAppProcess.Start(WithPort(port), Storage);
        await AnsweringAsync(process, port);

        using (var kill = Process.Start("kill", [$"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();

        Assert.Equal(200, (await process.EndAsync()).ExitCode);
    }

    [Fact]
    public async Task A_stop_that_nobody_asked_for_ends_with_an_error()
    {
        var app = await RunningApp.StartAsync();

        app.StopUnasked();

        Assert.Equal(1, await app.ExitCode);
    }

    private static (string, string) WithPort(int port) => (AppOptions.PortKey, port.ToString(CultureInfo.InvariantCulture));

    // As the Functions host does: any HTTP reply means ready.
    private static async Task AnsweringAsync(FunctionAppProcess process, int port)
    {
        using var client = new HttpClient();
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30))
        {
            try
            {
                using var reply = await client.GetAsync(new Uri($"http://127.0.0.1:{port}/"));
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(25);
            }
        }
        var (exitCode, errors) = await process.EndAsync();
        Assert.Fail($"The program does not answer (exit code {exitCode}): {errors}");
    }
}
