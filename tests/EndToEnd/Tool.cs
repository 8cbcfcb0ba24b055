// Runs a real client program.
using System.Diagnostics;

namespace MailFunctions.EndToEnd;

/// <summary>What a program did.</summary>
internal sealed record ToolResult(int ExitCode, byte[] Output, string Errors)
{
    public string Text => System.Text.Encoding.Latin1.GetString(Output);
}

/// <summary>Programs from the system's packages.</summary>
internal static class Tool
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    /// <summary>Where a program is, or null if it is not installed.</summary>
    public static string? Find(string program) => Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Append("/usr/sbin")
        .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    /// <summary>Skips the test, by name, where the program is not installed.</summary>
    public static string Require(string program)
    {
        var path = Find(program);
        Assert.SkipWhen(path is null, $"{program} is not installed.");
        return path!;
    }

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ToolResult> RunAsync(
        string program, string[] arguments, string? input = null, Dictionary<string, string>? environment = null, TimeSpan? patience = null)
    {
        var start = new ProcessStartInfo(Require(program), arguments)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        if (input is not null)
            await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(patience ?? Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
        await reading;
        return new ToolResult(process.ExitCode, output.ToArray(), await errors);
    }

    /// <summary>Runs a program that must succeed.</summary>
    public static async Task<ToolResult> SucceedAsync(
        string program, string[] arguments, string? input = null, Dictionary<string, string>? environment = null, TimeSpan? patience = null)
    {
        var result = await RunAsync(program, arguments, input, environment, patience);
        Assert.True(result.ExitCode == 0, $"{program} ended with {result.ExitCode}: {result.Errors}\n{result.Text}");
        return result;
    }
}
