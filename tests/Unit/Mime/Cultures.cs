// Mail means the same in Turkey, where the capital of i is not I.
using System.Diagnostics;
using System.Globalization;

namespace MailFunctions.Unit.Mime;

public sealed class Cultures
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Fact]
    public void UN_05_our_programs_have_no_culture_but_the_invariant()
    {
        Assert.True(AppContext.TryGetSwitch("System.Globalization.Invariant", out var isInvariant) && isInvariant);
        Assert.Throws<CultureNotFoundException>(() => new CultureInfo("tr-TR"));
    }

    // The tests of this folder once more, in a process that has cultures.
    [Fact]
    public async Task Every_test_of_the_reader_passes_in_Turkish_too()
    {
        var program = Path.Combine(AppContext.BaseDirectory, "MailFunctions.Unit");
        var folder = Directory.CreateTempSubdirectory().FullName;
        var settings = Path.Combine(folder, "cultures.runtimeconfig.json");
        try
        {
            var usual = await File.ReadAllTextAsync($"{program}.runtimeconfig.json", TestContext.Current.CancellationToken);
            var other = usual.Replace("\"System.Globalization.Invariant\": true", "\"System.Globalization.Invariant\": false", StringComparison.Ordinal);
            Assert.NotEqual(usual, other);
            await File.WriteAllTextAsync(settings, other, TestContext.Current.CancellationToken);
            var (code, said) = await RunAsync(
                "exec", "--runtimeconfig", settings, "--depsfile", $"{program}.deps.json", $"{program}.dll", "-noColor", "-noLogo", "-culture", "tr-TR", "-explicit", "on",
                "-namespace", "MailFunctions.Unit.Mime", "-class-", typeof(Cultures).FullName!);
            Assert.SkipWhen(said.Contains("ICU", StringComparison.Ordinal) && code != 0, "ICU, which knows the cultures, is not installed.");
            Assert.True(code == 0, said);
            Assert.Matches("Total: [0-9]{3,}, Errors: 0, Failed: 0", said);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(int Code, string Said)> RunAsync(params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Patience);
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}

/// <summary>What makes the run in Turkish fail if it is not in Turkish.</summary>
public sealed class TurkishProbe
{
    [Fact(Explicit = true)]
    public void The_culture_is_Turkish()
    {
        Assert.Equal("tr-TR", CultureInfo.CurrentCulture.Name);
        Assert.Equal(("\u0130", "\u0131"), ("i".ToUpper(CultureInfo.CurrentCulture), "I".ToLower(CultureInfo.CurrentCulture)));
        Assert.Equal("1,5", 1.5.ToString(CultureInfo.CurrentCulture));
    }
}
