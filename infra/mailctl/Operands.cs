// Reads names and addresses off the command line.
using System.CommandLine;
using System.CommandLine.Parsing;
using MailFunctions.Mail;

namespace MailFunctions.Mailctl;

/// <summary>Makes the arguments and options that several verbs have. What they complain of names the text and gives an example.</summary>
internal static class Operands
{
    /// <summary>The name of a domain; an address literal is none that anybody could own.</summary>
    public static Argument<DomainName> Domain() => new("NAME")
    {
        Description = "The domain, like example.org.",
        CustomParser = result => ReadDomain(result) ?? default,
    };

    /// <summary>Reads the name of a domain, or complains of it.</summary>
    public static DomainName? ReadDomain(ArgumentResult result)
    {
        if (DomainName.TryParse(Text(result), out var domain) && !domain.IsLiteral)
            return domain;
        result.AddError($"'{Text(result)}' is not a domain: give a name like example.org.");
        return null;
    }

    /// <summary>The address of an account, in its canonical spelling.</summary>
    public static Argument<EmailAddress> Account() => new("ADDRESS")
    {
        Description = "The account's address, like alice@example.org.",
        CustomParser = result => ReadAccount(Text(result), result),
    };

    /// <summary>Reads the address of an account, or complains of it.</summary>
    public static EmailAddress ReadAccount(string text, ArgumentResult result)
    {
        var address = ReadAddress(text, result);
        if (!address.IsAscii)
            result.AddError($"'{text}' cannot be an account here: its name must be of ASCII letters, like alice@example.org.");
        return address.Canonical;
    }

    /// <summary>The name of an alias or catch-all.</summary>
    public static Argument<AliasName> Alias() => new("NAME")
    {
        Description = "The alias, like sales@example.org, or @example.org for every address of the domain that is nothing else.",
        CustomParser = result =>
        {
            if (!AliasName.TryParse(Text(result), out var name))
                result.AddError($"'{Text(result)}' is not an alias: give an address like sales@example.org, or @example.org for a catch-all.");
            return name;
        },
    };

    /// <summary>The targets of an alias.</summary>
    public static Argument<EmailAddress[]> Targets() => new("TARGET")
    {
        Description = "Where its mail goes: accounts, other aliases, or addresses elsewhere.",
        Arity = ArgumentArity.OneOrMore,
        CustomParser = result => [.. result.Tokens.Select(token => ReadAddress(token.Value, result)).Distinct()],
    };

    /// <summary>The postmaster of a domain.</summary>
    public static Option<EmailAddress> Postmaster(bool isRequired = true) => new("--postmaster")
    {
        Description = "Who reads the domain's mail for postmaster and abuse, and what arrives late for removed accounts.",
        HelpName = "ADDRESS",
        Required = isRequired,
        CustomParser = result => ReadAddress(Text(result), result),
    };

    /// <summary>Stands where somebody may put a password, which other users of the machine could then see; it is not repeated either.</summary>
    public static Argument<string[]> NoPassword()
    {
        var none = new Argument<string[]>("PASSWORD") { Hidden = true, Arity = ArgumentArity.ZeroOrMore };
        none.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0)
                result.AddError("A password is never an argument: type it at the prompt, or send it as one line of standard input.");
        });
        return none;
    }

    /// <summary>How much a mailbox may hold.</summary>
    public static Argument<MailboxSize> MailboxSize() => new("SIZE")
    {
        Description = "How much it may hold, like 500M or 2G; none for no limit, default for what the gateway has configured.",
        CustomParser = result =>
        {
            if (!Mailctl.MailboxSize.TryParse(Text(result), out var size))
                result.AddError($"'{Text(result)}' is not a size: give one like 500M or 2G, or none, or default.");
            return size;
        },
    };

    private static string Text(ArgumentResult result) => result.Tokens[0].Value;

    private static EmailAddress ReadAddress(string text, ArgumentResult result)
    {
        if (!EmailAddress.TryParse(text, out var address))
            result.AddError($"'{text}' is not an address: give one like alice@example.org.");
        return address;
    }
}
