// The command line: its options, their reading, and what is said about a wrong one.
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Azure.Storage.Blobs;
using Azure.Storage.Queues;
using MailFunctions.Mail;

namespace MailFunctions.Local;

/// <summary>The local run's command line.</summary>
internal sealed class CommandLine
{
    /// <summary>The exit code for a wrong command line.</summary>
    public const int Misuse = 2;

    private const int LargestOffset = 65_535 - Ports.Highest;
    private const int LongestLease = 7 * 24 * 3600; // a queue hides no message longer

    private readonly Option<string> _data = new("--data")
    {
        Description = "Where Azurite keeps its files, with pids.json and the certificate", HelpName = "DIR", CustomParser = ReadFolder,
        DefaultValueFactory = _ => Path.GetFullPath(".data"),
    };

    private readonly Option<int> _portOffset = new("--port-offset")
    {
        Description = "Added to every port (SMTP 2525, submission 2587 and 2465, POP3 2110 and 2995, web 2080, Azurite 10000-10002)",
        HelpName = "N", CustomParser = result => ReadNumber(result, "--port-offset", 0, LargestOffset),
    };

    private readonly Option<DomainName[]> _domains = new("--domain")
    {
        Description = "A domain of ours; may be given several times [default: example.test]", HelpName = "NAME", CustomParser = ReadDomains,
    };

    private readonly Option<WantedAccount[]> _accounts = new("--account")
    {
        Description = "An account; may be given several times [default: alice and bob, with passwords made up and printed]",
        HelpName = "ADDRESS=PASSWORD", CustomParser = ReadAccounts,
    };

    private readonly Option<Alias[]> _aliases = new("--alias")
    {
        Description = "An alias or, as @domain, a catch-all; may be given several times", HelpName = "ADDRESS=TARGET[,TARGET]", CustomParser = ReadAliases,
    };

    private readonly Option<bool> _relay = new("--relay") { Description = "Let mail leave for other domains; otherwise it is held" };

    private readonly Option<string?> _storage = new("--storage")
    {
        Description = "Use this storage account and start no Azurite", HelpName = "CONNECTION_STRING", CustomParser = ReadStorage,
    };

    private readonly Option<int> _lease = new("--lease")
    {
        Description = "How many seconds the embedded host hides a message that it works on", HelpName = "SECONDS", DefaultValueFactory = _ => 600,
        CustomParser = result => ReadNumber(result, "--lease", 1, LongestLease),
    };

    private readonly Option<int> _hostErrors = new("--host-errors")
    {
        Description = "The worker failure that stops the embedded host, which then starts itself anew", HelpName = "N", DefaultValueFactory = _ => 3,
        CustomParser = result => ReadNumber(result, "--host-errors", 1, int.MaxValue),
    };

    private readonly Option<int> _restartPause = new("--restart-pause")
    {
        Description = "The most milliseconds before a program that died is started again, which it is at once after a longer life",
        HelpName = "N", DefaultValueFactory = _ => 1_000, CustomParser = result => ReadNumber(result, "--restart-pause", 0, 60_000),
    };

    private readonly Option<bool> _func = new("--func") { Description = "Use Azure Functions Core Tools (func) where they are on the PATH" };

    private readonly Option<string?> _published = new("--published")
    {
        Description = "Run what 'dotnet publish' put into DIR/functions and DIR/gateway, and not what was built with this program", HelpName = "DIR",
        CustomParser = ReadPublished,
    };

    private readonly RootCommand _root;

    /// <summary>Makes the command line of a program that does <paramref name="run"/>.</summary>
    public CommandLine(Func<LocalOptions, Task<int>> run)
    {
        _root = new RootCommand("Runs the whole of MailFunctions on this machine: storage, function app and mail gateway.")
        {
            _data, _portOffset, _domains, _accounts, _aliases, _relay, _storage, _lease, _hostErrors, _restartPause, _func, _published,
        };
        _root.SetAction((result, _) => run(Read(result)));
    }

    /// <summary>Reads the command line and runs the program, or says what is wrong in one line.</summary>
    /// <returns>The program's exit code, or <see cref="Misuse"/>.</returns>
    public async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter complaints)
    {
        // "@domain=..." is a catch-all here, not the name of a file with more arguments.
        var result = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (result.Errors is [var error, ..])
        {
            await complaints.WriteLineAsync(error.Message);
            return Misuse;
        }
        if (result.Action == _root.Action && Complaint(Read(result)) is { } complaint)
        {
            await complaints.WriteLineAsync(complaint);
            return Misuse;
        }
        // The program stops its parts in its own order and time.
        return await result.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
    }

    private LocalOptions Read(ParseResult result)
    {
        var accounts = result.GetValue(_accounts) ?? [];
        var aliases = result.GetValue(_aliases) ?? [];
        var domains = (result.GetValue(_domains) ?? []).Distinct().ToList();
        if (domains.Count == 0)
            domains.AddRange(accounts.Select(account => account.Address.Domain).Concat(aliases.Select(alias => alias.Name.Domain)).Distinct());
        if (domains.Count == 0)
            domains.Add(DomainName.Parse("example.test"));
        if (accounts.Length == 0)
            accounts = [.. ((string[])["alice", "bob"]).Select(name => new WantedAccount(EmailAddress.Parse($"{name}@{domains[0]}"), null))];
        return new LocalOptions
        {
            DataFolder = result.GetValue(_data)!,
            PortOffset = result.GetValue(_portOffset),
            Domains = domains,
            Accounts = accounts,
            Aliases = aliases,
            Relay = result.GetValue(_relay),
            Storage = result.GetValue(_storage),
            Lease = TimeSpan.FromSeconds(result.GetValue(_lease)),
            HostErrors = result.GetValue(_hostErrors),
            RestartPause = TimeSpan.FromMilliseconds(result.GetValue(_restartPause)),
            UseFunc = result.GetValue(_func),
            Published = result.GetValue(_published),
        };
    }

    // A domain that nothing answers for is more likely mistyped than meant.
    private static string? Complaint(LocalOptions options)
    {
        if (options.Accounts.FirstOrDefault(account => !options.Domains.Contains(account.Address.Domain)) is { } stray)
            return $"--account: {stray.Address} is in no domain of ours; add --domain {stray.Address.Domain}.";
        if (options.Aliases.FirstOrDefault(alias => !options.Domains.Contains(alias.Name.Domain)) is { } foreign)
            return $"--alias: {foreign.Name} is in no domain of ours; add --domain {foreign.Name.Domain}.";
        return null;
    }

    private static string? ReadFolder(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (text.Length > 0 && !File.Exists(text))
            return Path.GetFullPath(text);
        result.AddError($"--data: '{text}' is not a folder, nor can it become one.");
        return null;
    }

    private static string? ReadPublished(ArgumentResult result)
    {
        var folder = Path.GetFullPath(result.Tokens[0].Value.Length > 0 ? result.Tokens[0].Value : ".");
        if (BuiltPaths.Current.PublishedTo(folder).Missing is not { } missing)
            return folder;
        result.AddError($"--published: there is no {missing}; make it by 'dotnet publish' with -o.");
        return null;
    }

    private static int ReadNumber(ArgumentResult result, string option, int least, int most)
    {
        var text = result.Tokens[0].Value;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        result.AddError($"{option}: '{text}' is not a number from {least} to {most}.");
        return 0;
    }

    private static DomainName[]? ReadDomains(ArgumentResult result)
    {
        var domains = new List<DomainName>();
        foreach (var token in result.Tokens)
        {
            if (!DomainName.TryParse(token.Value, out var domain) || domain.IsLiteral)
            {
                result.AddError($"--domain: '{token.Value}' is not a domain name like example.test.");
                return null;
            }
            domains.Add(domain);
        }
        return [.. domains];
    }

    private static WantedAccount[]? ReadAccounts(ArgumentResult result)
    {
        var accounts = new List<WantedAccount>();
        foreach (var token in result.Tokens)
        {
            if (!TrySplit(token.Value, out var address, out var password) || !ScramVerifier.MayBe(password))
            {
                result.AddError(
                    "--account: an account is given as ADDRESS=PASSWORD, the password of "
                    + $"1 to {ScramVerifier.MaxPasswordLength} octets, without controls and emoji.");
                return null;
            }
            accounts.Add(new WantedAccount(address.Canonical, password));
        }
        return [.. accounts];
    }

    // An address may hold a '=' and so may a password: the first one after a whole address parts them.
    private static bool TrySplit(string text, out EmailAddress address, out string password)
    {
        for (var at = text.IndexOf('='); at >= 0; at = text.IndexOf('=', at + 1))
        {
            password = text[(at + 1)..];
            if (EmailAddress.TryParse(text.AsSpan(0, at), out address) && !address.Domain.IsLiteral)
                return true;
        }
        (address, password) = (default, "");
        return false;
    }

    private static Alias[]? ReadAliases(ArgumentResult result)
    {
        var aliases = new List<Alias>();
        foreach (var token in result.Tokens)
        {
            if (!TryReadAlias(token.Value, out var alias))
            {
                result.AddError($"--alias: '{token.Value}' is not ADDRESS=TARGET[,TARGET], like sales@example.test=alice@example.test or @example.test=bob@example.test.");
                return null;
            }
            aliases.Add(alias);
        }
        return [.. aliases];
    }

    private static bool TryReadAlias(string text, out Alias alias)
    {
        alias = new Alias(default, []);
        for (var at = text.IndexOf('='); at >= 0; at = text.IndexOf('=', at + 1))
        {
            if (!AliasName.TryParse(text.AsSpan(0, at), out var name) || name.Domain.IsLiteral)
                continue;
            var targets = new List<EmailAddress>();
            foreach (var target in text[(at + 1)..].Split(','))
            {
                if (!EmailAddress.TryParse(target.Trim(), out var address))
                    return false;
                targets.Add(address);
            }
            alias = new Alias(name, targets);
            return true;
        }
        return false;
    }

    private static string? ReadStorage(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        try
        {
            _ = new BlobServiceClient(text);
            _ = new QueueServiceClient(text);
            return text;
        }
        catch (Exception trouble) when (trouble is FormatException or ArgumentException or InvalidOperationException)
        {
            // The text may hold a key: it is not repeated.
            result.AddError("--storage: this is not a connection string of a storage account (DefaultEndpointsProtocol=...;AccountName=...;AccountKey=...).");
            return null;
        }
    }
}
