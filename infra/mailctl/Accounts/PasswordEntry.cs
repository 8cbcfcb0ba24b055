// Takes a password from the operator: at a prompt or as one line of standard input, never as an argument that others on the machine could see.
using System.Text;
using MailFunctions.Mail;
using Spectre.Console;

namespace MailFunctions.Mailctl.Accounts;

/// <summary>What came of asking for a password.</summary>
internal abstract record PasswordReading
{
    private PasswordReading()
    {
    }

    /// <summary>A password that may be used.</summary>
    public sealed record Given(string Password) : PasswordReading
    {
        /// <summary>Keeps the password out of anything that prints records.</summary>
        public override string ToString() => nameof(Given);
    }

    /// <summary>None that may be used, and why.</summary>
    public sealed record Unusable(Answer Why) : PasswordReading;
}

/// <summary>Asks for passwords and judges them.</summary>
internal sealed class PasswordEntry(Workstation workstation)
{
    private const int MinLength = 8;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Asks twice where a person types; else reads one line.</summary>
    public Task<PasswordReading> ReadAsync(EmailAddress account, CancellationToken cancellationToken) =>
        workstation.InputIsTerminal ? AskAsync(account, cancellationToken) : ReadLineAsync(cancellationToken);

    // On standard error, since standard output may be a file that is to hold the report.
    private async Task<PasswordReading> AskAsync(EmailAddress account, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(workstation.Error), Interactive = InteractionSupport.Yes,
        });
        // The first look for a key turns the terminal's echo off. It must be off before the prompt invites anybody to type.
        _ = Console.KeyAvailable;
        var first = await AskAsync(console, $"Password for {account}:", cancellationToken);
        if (Judge(first) is PasswordReading.Unusable unusable)
            return unusable;
        return await AskAsync(console, "The same again:", cancellationToken) == first
            ? new PasswordReading.Given(first)
            : Refuse("the two passwords differ.");
    }

    private static Task<string> AskAsync(IAnsiConsole console, string prompt, CancellationToken cancellationToken) =>
        new TextPrompt<string>(Markup.Escape(prompt)).Secret().AllowEmpty().ShowAsync(console, cancellationToken);

    private async Task<PasswordReading> ReadLineAsync(CancellationToken cancellationToken)
    {
        // The longest password and its line end: whatever is longer is refused without being read.
        var line = new byte[ScramVerifier.MaxPasswordLength + 2];
        var length = 0;
        while (length < line.Length && line.AsSpan(0, length).IndexOf((byte)'\n') < 0
            && await workstation.Input.ReadAsync(line.AsMemory(length), cancellationToken) is > 0 and var count)
        {
            length += count;
        }
        var octets = line.AsSpan(0, length);
        if (octets.IsEmpty)
        {
            return new PasswordReading.Unusable(
                new Answer.Misused("no password came: type it at a prompt, or send it as one line of standard input."));
        }
        if (octets.IndexOf((byte)'\n') is >= 0 and var end)
            octets = octets[..end];
        if (octets.EndsWith("\r"u8))
            octets = octets[..^1];
        try
        {
            return Judge(StrictUtf8.GetString(octets));
        }
        catch (DecoderFallbackException)
        {
            return Refuse("the password is not UTF-8, which is what mail clients send.");
        }
    }

    private static PasswordReading Judge(string password)
    {
        if (password.Any(char.IsControl))
            return Refuse("the password holds a control character, which mail clients cannot send (RFC 4616 2).");
        // What is set is what every client makes of it, however it was typed here.
        if (!SaslPrep.TryPrepare(password, isStored: true, out var prepared))
        {
            return Refuse(
                "the password holds a character that not every mail client sends alike (RFC 4013), such as an emoji: take letters, digits and signs.");
        }
        if (prepared.EnumerateRunes().Count() < MinLength)
            return Refuse($"the password is too short: give at least {MinLength} characters.");
        if (Encoding.UTF8.GetByteCount(prepared) > ScramVerifier.MaxPasswordLength)
            return Refuse($"the password is too long: give at most {ScramVerifier.MaxPasswordLength} octets.");
        return new PasswordReading.Given(password);
    }

    private static PasswordReading.Unusable Refuse(string why) => new(new Answer.Refused(why));
}
