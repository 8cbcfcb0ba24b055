// The whole command line: groups, verbs, global options, and how each ends.
using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Text.Json;
using Azure;
using MailFunctions.Mail.Stores;
using MailFunctions.Mailctl.Accounts;
using MailFunctions.Mailctl.Aliases;
using MailFunctions.Mailctl.Authenticate;
using MailFunctions.Mailctl.Certificates;
using MailFunctions.Mailctl.Dkim;
using MailFunctions.Mailctl.Dns;
using MailFunctions.Mailctl.Doctor;
using MailFunctions.Mailctl.Domains;
using MailFunctions.Mailctl.Feedback;
using MailFunctions.Mailctl.Inspect;
using MailFunctions.Mailctl.Mailboxes;
using MailFunctions.Mailctl.Parked;
using MailFunctions.Mailctl.Queue;
using MailFunctions.Mailctl.Routes;
using MailFunctions.Mailctl.Scaling;
using MailFunctions.Mailctl.Traces;
using MailFunctions.Storage;
using Spectre.Console;

namespace MailFunctions.Mailctl;

/// <summary>mailctl from its arguments to its exit code.</summary>
internal sealed class CommandLine
{
    private const string StorageVariable = "Mail__Storage";
    private const string EnvironmentVariable = "DOTNET_ENVIRONMENT";
    private const int WidthWithoutTerminal = 10_000; // a line of a file or a pipe is never broken

    private readonly Option<string?> _storage = new("--storage")
    {
        Description = "The storage account: a connection string, an account's name, or its https address. "
            + $"Without it the environment's {StorageVariable} is used.",
        HelpName = "VALUE",
        Recursive = true,
    };

    private readonly Option<bool> _json = new("--json") { Description = "Print one JSON document.", Recursive = true };

    private readonly Workstation _workstation;
    private readonly RootCommand _root;

    /// <summary>Makes the command line.</summary>
    public CommandLine(Workstation workstation)
    {
        _workstation = workstation;
        _root = new RootCommand("Keeps the domains, accounts and aliases of a mail system, and shows what waits in it.")
        {
            Group("domain", "Domains of ours.", new DomainAdd(), new DomainSet(), new DomainList(), new DomainRemove()),
            Group(
                "account", "Accounts: a mailbox and a password.",
                new AccountAdd(workstation), new AccountList(), new AccountPasswd(workstation), new AccountQuota(),
                new AccountRemove(workstation)),
            Group("alias", "Aliases and catch-alls.", new AliasAdd(), new AliasList(), new AliasRemove()),
            Group("route", "Domains whose mail leaves by a way of its own.", new RouteSet(), new RouteList(), new RouteRemove()),
            Group("dns", "What the world is to know of our domains.", new DnsRecords(workstation), new DnsCheck(workstation)),
            Group(
                "queue", "Mail that waits to leave.",
                new QueueList(), new QueueShow(), new QueueRetry(), new QueueHold(), new QueueRelease(), new QueueDrop(workstation), new QueueBounce()),
            Group(
                "parked", "What cannot be processed and waits for you.",
                new ParkedList(), new ParkedShow(), new ParkedRetry(), new ParkedDrop(workstation)),
            Group(
                "mailbox", "What is in mailboxes.",
                new MailboxList(), new MailboxShow(), new MailboxExport(), new MailboxImport(), new MailboxDeleted(), new MailboxRestore()),
            Group("dkim", "The keys that mail is signed with.", new DkimCreate(workstation.Clock), new DkimList(), new DkimRotate(workstation.Clock), new DkimDns()),
            Ready(new SignFile(workstation.Clock)),
            Group(
                "certificate", "The certificate of the mail host, by ACME.",
                new CertificateIssue(workstation), new CertificateRenew(workstation), new CertificateShow(workstation)),
            Ready(new InspectMessages()),
            Ready(new TraceShow(workstation.Clock)),
            Ready(new CostShow(workstation.Clock)),
            Ready(new ScaleShow()),
            Ready(new AuthenticateMessages(workstation)),
            Group("reports", "What other systems report about mail in our name and about TLS.", new FeedbackShow(), new FeedbackList()),
            Ready(new Examination(workstation)),
            Ready(new Completions()),
        };
        _root.Add(_storage);
        _root.Add(_json);
        foreach (var help in _root.Options.OfType<HelpOption>())
        {
            if (help.Action is HelpAction page)
                help.Action = new HelpWithExamples(page);
        }
    }

    /// <summary>Reads the arguments and does what they say.</summary>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        // "@example.org" is a catch-all here, not the name of a file with more arguments.
        var parsed = _root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is ParseErrorAction)
        {
            var errors = string.Join(' ', parsed.Errors.Select(error => error.Message).Distinct());
            return Complain(ExitCode.Misuse, $"{errors} See '{PathOf(parsed.CommandResult)} --help'.");
        }
        var streams = new InvocationConfiguration { Output = _workstation.Output, Error = _workstation.Error };
        return (ExitCode)await parsed.InvokeAsync(streams, cancellationToken);
    }

    private Command Group(string name, string description, params Verb[] verbs)
    {
        var group = new Command(name, description);
        foreach (var verb in verbs)
            group.Add(Ready(verb));
        return group;
    }

    private Verb Ready(Verb verb)
    {
        verb.SetAction(async (arguments, cancellationToken) => (int)await RunAsync(verb, arguments, cancellationToken));
        return verb;
    }

    private async Task<ExitCode> RunAsync(Verb verb, ParseResult arguments, CancellationToken cancellationToken)
    {
        try
        {
            if (verb is StoragelessVerb elsewhere)
                return await TellAsync(await elsewhere.AnswerAsync(arguments, cancellationToken), arguments, cancellationToken);
            if (verb.AnswerWithoutStorage(arguments) is { } answer)
                return await TellAsync(answer, arguments, cancellationToken);
            using var stores = Open(arguments.GetValue(_storage));
            try
            {
                return await TellAsync(await verb.RunAsync(arguments, stores, cancellationToken), arguments, cancellationToken);
            }
            catch (StoreUnavailableException error)
            {
                return Tell(error, stores.Connection.Blobs.Uri.Authority);
            }
        }
        catch (StorageConfigurationException error)
        {
            return Complain(
                ExitCode.Misuse,
                $"{error.Message} Give --storage VALUE or set {StorageVariable}; the local run's storage is UseDevelopmentStorage=true.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Complain(ExitCode.Refused, "stopped before the end; what was done stays, and the command can be repeated.");
        }
    }

    // The emulator is refused to programs that run in Production, since they would run on and forget mail. An operator who types its name has
    // decided; only where the shell itself is set to Production may a variable left in it be a mistake.
    private MailStores Open(string? typed) => typed is not null
        ? MailStores.Open(new StorageOptions { Storage = typed }, "Development")
        : MailStores.Open(
            new StorageOptions { Storage = _workstation.Variable(StorageVariable) }, _workstation.Variable(EnvironmentVariable) ?? "Development");

    private async Task<ExitCode> TellAsync(Answer answer, ParseResult arguments, CancellationToken cancellationToken)
    {
        var asJson = arguments.GetValue(_json);
        switch (answer)
        {
            case Answer.Done(var report, var warnings):
                Print(report, asJson);
                foreach (var warning in warnings)
                    _workstation.Error.WriteLine($"mailctl: warning: {warning}");
                return ExitCode.Done;
            case Answer.Partly(var report, var refusals):
                Print(report, asJson);
                foreach (var refusal in refusals)
                    Complain(ExitCode.Refused, refusal);
                return ExitCode.Refused;
            case Answer.Lines(var lines):
                return await TellAsync(lines, cancellationToken);
            case Answer.Content(var pieces):
                return await TellAsync(pieces, cancellationToken);
            case Answer.Refused(var why):
                return Complain(ExitCode.Refused, why);
            case Answer.Unreachable(var why):
                return Complain(ExitCode.Unreachable, why);
            case Answer.Misused(var why):
                return Complain(ExitCode.Misuse, why);
            default:
                throw new InvalidOperationException($"Nobody knows how to tell {answer}.");
        }
    }

    private async Task<ExitCode> TellAsync(IAsyncEnumerable<Line> lines, CancellationToken cancellationToken)
    {
        var code = ExitCode.Done;
        await foreach (var (json, isRefusal) in lines.WithCancellation(cancellationToken))
        {
            await _workstation.Output.WriteLineAsync(json.AsMemory(), cancellationToken);
            code = isRefusal ? ExitCode.Refused : code;
        }
        return code;
    }

    private async Task<ExitCode> TellAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var piece in pieces.WithCancellation(cancellationToken))
                await _workstation.OutputOctets.WriteAsync(piece, cancellationToken);
            await _workstation.OutputOctets.FlushAsync(cancellationToken);
            return ExitCode.Done;
        }
        catch (IOException error)
        {
            return Complain(ExitCode.Refused, $"what was printed is not whole: {error.Message}");
        }
    }

    private void Print(IReport report, bool asJson)
    {
        if (asJson)
            _workstation.Output.WriteLine(report.ToJson());
        else
            report.Print(OutputConsole());
    }

    private ExitCode Tell(StoreUnavailableException error, string authority) => error.InnerException switch
    {
        RequestFailedException { ErrorCode: "ContainerNotFound" or "QueueNotFound" } => Complain(
            ExitCode.Refused,
            $"the storage at {authority} holds no mail system yet: begin with 'mailctl domain add NAME --postmaster ADDRESS'."),
        JsonException or FormatException => Complain(ExitCode.Refused, error.Message),
        _ => Complain(ExitCode.Unreachable, $"the storage at {authority} cannot be used: {error.Message}"),
    };

    private ExitCode Complain(ExitCode code, string what)
    {
        _workstation.Error.WriteLine($"mailctl: {what}");
        return code;
    }

    private IAnsiConsole OutputConsole()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_workstation.Output) });
        if (!_workstation.OutputIsTerminal)
            console.Profile.Width = WidthWithoutTerminal;
        return console;
    }

    private static string PathOf(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{PathOf(parent)} {command.Command.Name}" : "mailctl";
}
