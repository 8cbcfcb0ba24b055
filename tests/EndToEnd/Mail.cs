// Messages for tests, and waiting for them.
using System.Text;
using MailFunctions.Rig;

namespace MailFunctions.EndToEnd;

/// <summary>What arrives at an account.</summary>
internal static class Mail
{
    /// <summary>Waits until an account holds so many messages, then returns all of them.</summary>
    public static Task<List<string>> WaitForAsync(LocalSystem system, string user, int count, int seconds = 60) =>
        WaitForAsync(system, $"{user}@example.test", LocalSystem.Password, count, seconds);

    /// <summary>The same for an account with a password of its own.</summary>
    public static async Task<List<string>> WaitForAsync(LocalSystem system, string user, string password, int count, int seconds = 60)
    {
        for (var started = Environment.TickCount64; ;)
        {
            await using (var session = await Pop3Client.LogInAsync(system.Port("pop3"), user, password))
            {
                var there = await session.CountAsync();
                if (there >= count)
                {
                    var all = await session.RetrieveAllAsync();
                    await session.AskAsync("QUIT");
                    return all;
                }
                await session.AskAsync("QUIT");
                Assert.True(Environment.TickCount64 - started < seconds * 1000, $"{user} has {there} of {count} messages after {seconds} s.");
            }
            await Task.Delay(200);
        }
    }

    /// <summary>What stands below the fields that we put on top: Return-Path, Delivered-To and Received.</summary>
    public static string BelowTrace(string message)
    {
        var at = 0;
        foreach (var name in new[] { "Return-Path:", "Delivered-To:", "Received:" })
        {
            Assert.StartsWith(name, message[at..], StringComparison.Ordinal);
            do
                at = message.IndexOf("\r\n", at, StringComparison.Ordinal) + 2;
            while (message[at] is ' ' or '\t');
        }
        return message[at..];
    }

    /// <summary>A file with this content, deleted with the returned value.</summary>
    public static TemporaryFile File(string content) => new(Encoding.Latin1.GetBytes(content));
}

/// <summary>A file that is there for the time of a test.</summary>
internal sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(byte[] content) => System.IO.File.WriteAllBytes(Path, content);

    // Made readable by its owner only, which clients demand of a file with a password.
    public string Path { get; } = System.IO.Path.GetTempFileName();

    public void Dispose() => System.IO.File.Delete(Path);
}
