// Turns a command line into a command.
using System.Buffers;
using System.Globalization;
using System.Text;
using MailFunctions.Wire;

namespace MailFunctions.Smtp;

/// <summary>The grammar of the commands that a server receives (RFC 5321 4.1.1, RFC 3207, RFC 4954).</summary>
public static class CommandParser
{
    private delegate Command Parse(ReadOnlySpan<byte> argument);

    private static readonly SearchValues<byte> HelloCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:[]"u8);

    private static readonly VerbTable<Parse> Verbs = new(
    [
        new("EHLO", argument => ParseHello(argument, name => new Command.Ehlo(name))),
        new("HELO", argument => ParseHello(argument, name => new Command.Helo(name))),
        new("MAIL", ParseMail),
        new("RCPT", ParseRcpt),
        new("DATA", argument => WithoutArgument(argument, new Command.Data())),
        new("BDAT", ParseBdat),
        new("RSET", argument => WithoutArgument(argument, new Command.Rset())),
        new("NOOP", _ => new Command.Noop()),
        new("VRFY", _ => new Command.Vrfy()),
        new("EXPN", _ => new Command.Expn()),
        new("HELP", _ => new Command.Help()),
        new("QUIT", argument => WithoutArgument(argument, new Command.Quit())),
        new("STARTTLS", argument => WithoutArgument(argument, new Command.StartTls())),
        new("AUTH", ParseAuth),
    ]);

    /// <summary>Parses one line, its CR LF taken off. Never throws: what is not understood is a command that says so.</summary>
    public static Command Read(ReadOnlySpan<byte> line)
    {
        if (Verbs.Find(line, out var argument) is { } parse)
            return parse(argument);
        var verb = line[..Math.Min(16, line.Length)];
        return new Command.Unknown(Encoding.ASCII.GetString(verb));
    }

    private static Command ParseHello(ReadOnlySpan<byte> argument, Func<string, Command> make)
    {
        var name = argument.Trim((byte)' ');
        // Real clients call themselves many things; what they say goes into Received and the log, so it must be made of harmless characters.
        return name.Length is 0 or > 255 || name.ContainsAnyExcept(HelloCharacters)
            ? new Command.Invalid(Replies.HelloName)
            : make(Encoding.ASCII.GetString(name));
    }

    private static Command ParseMail(ReadOnlySpan<byte> argument)
    {
        if (!TryTakePrefix(ref argument, "FROM:"u8))
            return new Command.Invalid(Replies.MailSyntax);
        if (!PathParser.TryReadPath(argument, out var path, out var rest) || path.IsPostmaster)
            return new Command.Invalid(Replies.SenderAddress);
        return PathParser.TryReadParameters(rest, out var parameters)
            ? new Command.Mail(path.Address, parameters) { IsUtf8 = path.IsUtf8 }
            : new Command.Invalid(Replies.ParameterSyntax);
    }

    private static Command ParseRcpt(ReadOnlySpan<byte> argument)
    {
        if (!TryTakePrefix(ref argument, "TO:"u8))
            return new Command.Invalid(Replies.RcptSyntax);
        if (!PathParser.TryReadPath(argument, out var path, out var rest) || path is { Address: null, IsPostmaster: false })
            return new Command.Invalid(Replies.RecipientAddress);
        return PathParser.TryReadParameters(rest, out var parameters)
            ? new Command.Rcpt(path.Address, parameters) { IsUtf8 = path.IsUtf8 }
            : new Command.Invalid(Replies.ParameterSyntax);
    }

    // RFC 3030 2: BDAT SP chunk-size [SP "LAST"]. A chunk follows whatever is wrong with the rest of the line.
    private static Command.Bdat ParseBdat(ReadOnlySpan<byte> argument)
    {
        argument = argument.Trim((byte)' ');
        var digits = argument.IndexOfAnyExceptInRange((byte)'0', (byte)'9') is >= 0 and var end ? argument[..end] : argument;
        var rest = argument[digits.Length..];
        if (digits.Length is 0 or > 18 || (!rest.IsEmpty && rest[0] != ' '))
            return new Command.Bdat(null, IsLast: false, IsWellFormed: false);
        var isLast = Ascii.EqualsIgnoreCase(rest.TrimStart((byte)' '), "LAST"u8);
        return new Command.Bdat(long.Parse(digits, CultureInfo.InvariantCulture), isLast, isLast || rest.IsEmpty);
    }

    // RFC 4954 4: AUTH SP sasl-mech [SP initial-response]
    private static Command ParseAuth(ReadOnlySpan<byte> argument)
    {
        var space = argument.IndexOf((byte)' ');
        var mechanism = space < 0 ? argument : argument[..space];
        var response = space < 0 ? default : argument[(space + 1)..];
        if (mechanism.Length is 0 or > 20 || (space >= 0 && response.IsEmpty) || mechanism.ContainsAnyExceptInRange((byte)'!', (byte)'~'))
            return new Command.Invalid(Replies.AuthSyntax);
        return new Command.Auth(Encoding.ASCII.GetString(mechanism).ToUpperInvariant(), space < 0 ? null : Encoding.ASCII.GetString(response));
    }

    private static Command WithoutArgument(ReadOnlySpan<byte> argument, Command command) =>
        argument.Trim((byte)' ').IsEmpty ? command : new Command.Invalid(Replies.NoArgument);

    // RFC 5321 has no space behind the colon; too many clients send one to refuse it.
    private static bool TryTakePrefix(ref ReadOnlySpan<byte> argument, ReadOnlySpan<byte> prefix)
    {
        argument = argument.TrimStart((byte)' ');
        if (argument.Length < prefix.Length || !Ascii.EqualsIgnoreCase(argument[..prefix.Length], prefix))
            return false;
        argument = argument[prefix.Length..].TrimStart((byte)' ');
        return true;
    }
}
