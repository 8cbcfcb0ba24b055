// DNS-01 by a program of the operator's, so that every provider of DNS will do.
using System.ComponentModel;
using System.Diagnostics;

namespace MailFunctions.Acme.Solvers;

/// <summary>
/// Runs <c>PROGRAM set NAME VALUE</c> and, afterwards, <c>PROGRAM unset NAME VALUE</c>. It has done its work when it ends with 0; what it says on standard
/// error is repeated if it ends otherwise.
/// </summary>
/// <param name="program">The program: a path, or a name on the path. No shell reads it.</param>
/// <param name="settling">How long after it until everybody sees the record.</param>
/// <param name="clock">The time of its limit.</param>
public sealed class DnsHook(string program, TimeSpan settling, TimeProvider clock) : IChallengeSolver
{
    private const int MaxErrors = 1000;

    /// <summary>How long one run may take.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public string Type => "dns-01";

    /// <inheritdoc/>
    public TimeSpan Settling => settling;

    /// <inheritdoc/>
    public Task PublishAsync(Challenge challenge, CancellationToken cancellationToken) => RunAsync("set", challenge, cancellationToken);

    /// <inheritdoc/>
    public Task WithdrawAsync(Challenge challenge, CancellationToken cancellationToken) => RunAsync("unset", challenge, cancellationToken);

    private async Task RunAsync(string verb, Challenge challenge, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using var process = Start([verb, challenge.RecordName, challenge.RecordValue]);
        try
        {
            process.StandardInput.Close();
            var errors = ReadAsync(process.StandardError, cancel.Token);
            await Task.WhenAll(ReadAsync(process.StandardOutput, cancel.Token), errors);
            await process.WaitForExitAsync(cancel.Token);
            if (process.ExitCode != 0)
                throw Failed($"ended with {process.ExitCode}: {Problems.Clean((await errors).Trim())}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Failed($"did not end within {Limit.TotalMinutes:0} minutes");
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private Process Start(string[] arguments)
    {
        try
        {
            return Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            throw Failed($"could not be started: {Problems.Clean(error.Message)}");
        }
    }

    private AcmeException Failed(string how) => new(AcmeTroubleKind.ChallengeNotSet, $"the DNS hook '{program}' {how}");

    // Reads to the end, so that the program never waits for us, and keeps the beginning.
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var kept = "";
        var block = new char[512];
        while (await reader.ReadAsync(block, cancellationToken) is > 0 and var count)
        {
            if (kept.Length < MaxErrors)
                kept += new string(block, 0, Math.Min(count, MaxErrors - kept.Length));
        }
        return kept;
    }
}
