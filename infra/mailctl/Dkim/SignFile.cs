// mailctl sign
using System.Buffers;
using System.CommandLine;
using System.Runtime.CompilerServices;
using MailFunctions.Authentication;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Mail;
using MailFunctions.Storage;

namespace MailFunctions.Mailctl.Dkim;

/// <summary>Signs a message in a file with a key in another; no storage is needed.</summary>
internal sealed class SignFile : Verb
{
    private const int BlockLength = 64 * 1024;

    private readonly TimeProvider _time;
    private readonly Argument<string> _file = new("FILE") { Description = "A message. Lines that end in a line feed alone are signed as they will be sent, with CR LF." };
    private readonly Option<DomainName> _domain = new("--domain")
    {
        Description = "Who signs (d=).", HelpName = "NAME", Required = true, CustomParser = result => Operands.ReadDomain(result) ?? default,
    };

    private readonly Option<string> _selector = new("--selector") { Description = "Below which name the key is published (s=).", HelpName = "NAME", Required = true };
    private readonly Option<string> _key = new("--key") { Description = "A file with the private key, RSA or Ed25519, as PEM.", HelpName = "FILE", Required = true };

    public SignFile(TimeProvider time)
        : base(
            "sign", "Prints a message with a DKIM signature on top, octet for octet as it is otherwise.",
            "mailctl sign message.eml --domain example.org --selector s1 --key s1.pem")
    {
        _time = time;
        Add(_file);
        Add(_domain);
        Add(_selector);
        Add(_key);
    }

    /// <inheritdoc/>
    public override Answer? AnswerWithoutStorage(ParseResult arguments)
    {
        var (file, keyFile, selector) = (arguments.GetRequiredValue(_file), arguments.GetRequiredValue(_key), arguments.GetRequiredValue(_selector));
        var domain = arguments.GetRequiredValue(_domain);
        if (!DomainName.TryParse($"{selector}.{domain}", out _))
            return new Answer.Misused($"'{selector}' is no selector: give labels like s1 or 2026.a.");
        try
        {
            if (!SigningKey.TryParse(File.ReadAllText(keyFile), out var key, out var fault))
                return new Answer.Misused($"'{keyFile}' {fault}.");
            var field = Sign(file, new DkimKey(domain, selector, key));
            return field.Length == 0
                ? new Answer.Refused($"'{file}' is not to be signed: it has not exactly one From field, or too large a header (RFC 6376 8.15).")
                : new Answer.Content(PiecesAsync(field, file));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            return new Answer.Misused(error.Message);
        }
    }

    /// <inheritdoc/>
    public override Task<Answer> RunAsync(ParseResult arguments, MailStores stores, CancellationToken cancellationToken) =>
        throw new InvalidOperationException("It is answered without storage.");

    private byte[] Sign(string file, DkimKey key)
    {
        using var digest = new MessageDigest(DigestPurpose.Sign);
        using var message = File.OpenRead(file);
        var block = new byte[BlockLength];
        var lines = new LineEnds(); // as the message will be sent
        var sent = new ArrayBufferWriter<byte>(2 * BlockLength);
        while (message.Read(block) is > 0 and var count)
        {
            sent.ResetWrittenCount();
            lines.Pass(block.AsSpan(0, count), sent);
            digest.Pass(sent.WrittenSpan);
        }
        digest.Complete();
        return new DkimSigner(_time).Sign(digest, [key]);
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> PiecesAsync(
        byte[] field, string file, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        yield return field;
        await using var message = File.OpenRead(file);
        var block = new byte[BlockLength];
        while (await message.ReadAsync(block, cancellationToken) is > 0 and var count)
            yield return block.AsMemory(0, count);
    }
}
