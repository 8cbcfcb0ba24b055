// Builds and runs the web server that the Functions host calls.
using System.Net;
using System.Runtime.InteropServices;
using MailFunctions.App.Pipeline;
using MailFunctions.App.Pipeline.Relaying;
using MailFunctions.App.Pipeline.Relaying.MtaSts;
using MailFunctions.App.Pipeline.TlsReports;
using MailFunctions.App.Scanning;
using MailFunctions.App.Triggers.CustomHandler;
using MailFunctions.App.Web;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Mail;
using MailFunctions.Mail.Stores;
using MailFunctions.Smtp.Client;
using MailFunctions.Telemetry;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace MailFunctions.App;

/// <summary>The program as a whole: a custom handler of Azure Functions.</summary>
internal static class FunctionApp
{
    // The Functions host leaves a worker that ended with 0 for dead: every later call fails and ends in a poison queue. So nothing ever ends with 0.
    // 200 means "start me again, nothing is wrong", and is right when a signal asked for the end; if the host ends too, it is not read.
    private const int StartAgain = 200;
    private const int Unexpected = 1;

    /// <summary>Builds it, not yet listening.</summary>
    /// <param name="args">The command line: settings as <c>--Key=value</c>.</param>
    /// <param name="addStores">Adds the stores.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is wrong.</exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder> addStores)
    {
        // Empty, because the time to the first invocation counts: no configuration files to watch, no reflection over what is not used.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args, EnvironmentName = EnvironmentName() });
        builder.Configuration.AddEnvironmentVariables().AddCommandLine(args);
        var options = AppOptions.Read(builder.Configuration);

        AddLogging(builder.Logging, builder.Configuration);
        // Sockets complete on the thread pool already: no second switch of threads for what they bring.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = InvocationRequest.MaxLength;
            kestrel.Listen(IPAddress.Loopback, options.Port);
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(options).AddSingleton(RelayOptions.Read(builder.Configuration, builder.Environment.EnvironmentName)).AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(PublishingOptions.Read(builder.Configuration)).AddPages();
        AddPipeline(builder.Services);
        AddRenewal(builder.Services, AcmeOptions.Read(builder.Configuration));
        AddRelay(builder.Services, DnsOptionsOf(builder.Configuration));
        addStores(builder);
        builder.Services.TryAddSingleton<ITrace, NoTrace>();
        builder.Services.Decorate<IParked>(store => new CountedParked(store));
        builder.AddMailTelemetry("mailfunctions-functions", PipelineMetrics.MeterName);

        var app = builder.Build();
        app.Use(next => new TriggerMiddleware(
            next, app.Services.GetRequiredService<TimeProvider>(), app.Services.GetRequiredService<ILogger<TriggerMiddleware>>()).InvokeAsync);
        app.UseRouting();
        app.MapGet("/", static context => JsonReply.WriteAsync(context.Response, StatusCodes.Status200OK, JsonReply.Empty));
        app.MapMethods("/web/health", [HttpMethods.Get, HttpMethods.Head], HealthEndpoint.InvokeAsync);
        app.MapPages();
        app.MapFallback("{*path}", static context => JsonReply.WriteAsync(context.Response, StatusCodes.Status404NotFound, JsonReply.NotFound));
        return app;
    }

    /// <summary>Serves until the end, whatever brings it about.</summary>
    /// <returns>The exit code, never 0.</returns>
    public static async Task<int> RunAsync(WebApplication app)
    {
        var exitCode = Unexpected;
        void Note(PosixSignalContext signal) => exitCode = StartAgain;

        await using (app)
        {
            await app.StartAsync();
            // The server itself stops on these signals; handlers run last registered first, so this is noted before the stop begins.
            using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Note);
            using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Note);
            await app.WaitForShutdownAsync();
        }
        return exitCode;
    }

    // An empty builder looks at none of these. The last is what the Functions tools set on a developer's machine.
    private static string EnvironmentName() =>
        Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("AZURE_FUNCTIONS_ENVIRONMENT")
        ?? Environments.Production;

    private static void AddLogging(ILoggingBuilder logging, ConfigurationManager configuration)
    {
        logging.AddConfiguration(configuration.GetSection("Logging"));
        logging.AddFilter("Microsoft", LogLevel.Warning);
        // The Functions host takes a line of standard output for information and one of standard error for an error, or for a warning if it says so.
        logging.AddGatheredConsole(errors: LogLevel.Warning);
    }

    private static void AddPipeline(IServiceCollection services) => services
        .AddSingleton<WorkGate>()
        .AddSingleton<ContentScan>()
        .AddSingleton<LocalDelivery>()
        .AddSingleton<LateMail>()
        .AddSingleton<RouteMessage>()
        .AddSingleton<RetryDeferred>()
        .AddSingleton<SweepSpool>()
        .AddSingleton<ParkPoisoned>()
        .AddSingleton<StorageHealth>();

    private static void AddRenewal(IServiceCollection services, AcmeOptions options) => services.AddSingleton(provider => new RenewCertificate(
        CertificateParts.Of(options, provider.GetRequiredService<TimeProvider>()), provider.GetRequiredService<ILogger<RenewCertificate>>()));

    private static RefusedAddresses RefusedBy(RelayOptions options) => new(options.OwnAddresses) { AllowsPrivate = options.AllowPrivateAddresses };

    private static void AddRelay(IServiceCollection services, DnsOptions dns) => services
        .AddSingleton(new RelaySeams())
        .AddSingleton<IResolver>(provider => new Resolver(dns, new DnsSeams { Clock = provider.GetRequiredService<TimeProvider>() }))
        .AddSingleton(provider => RefusedBy(provider.GetRequiredService<RelayOptions>()))
        .AddSingleton<IConnector>(provider => new SocketConnector(provider.GetRequiredService<RefusedAddresses>()))
        .AddSingleton<SmarthostChoice>()
        .AddSingleton(new ClientLimits())
        .AddSingleton<SmtpClient>()
        .AddSingleton<RecipientResolver>()
        .AddSingleton<Breakers>()
        .AddSingleton<DestinationSlots>()
        .AddSingleton<KeptSessions>()
        .AddSingleton<MxRoute>()
        .AddSingleton<RelaySessions>()
        .AddSingleton<IStsFetch, HttpsStsFetch>()
        .AddSingleton<StsPolicies>()
        .AddSingleton<RelayAttempt>()
        .AddSingleton<MessageEnd>()
        .AddSingleton<ReportRecipients>()
        .AddSingleton<DomainKeys>()
        .AddSingleton<Reports>()
        .AddSingleton<HttpsReportPost>()
        .AddSingleton<ReportTls>()
        .AddSingleton<RelayMessage>();

    private static DnsOptions DnsOptionsOf(ConfigurationManager configuration)
    {
        var dns = new DnsOptions { Server = configuration[DnsOptions.ServerKey] };
        return dns.Check() is { } failure ? throw new OptionsValidationException("Mail", typeof(DnsOptions), [failure]) : dns;
    }
}
