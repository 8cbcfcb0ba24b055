// The gateway: opens the listeners and runs a session on every connection.
using System.Net;
using MailFunctions.Authentication.Dkim;
using MailFunctions.Dns;
using MailFunctions.Gateway;
using MailFunctions.Gateway.Connections;
using MailFunctions.Gateway.Health;
using MailFunctions.Gateway.Logins;
using MailFunctions.Gateway.Pop3;
using MailFunctions.Gateway.Senders;
using MailFunctions.Gateway.Smtp;
using MailFunctions.Mail;
using MailFunctions.Storage;
using MailFunctions.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

// Settings are read at the start only: a watch on their files would be one on every folder below, and wake for whatever is written there.
var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
builder.Services.AddOptions<GatewayOptions>().BindConfiguration(GatewayOptions.Section).ValidateOnStart();
builder.Services.AddSingleton<IValidateOptions<GatewayOptions>, GatewayOptionsValidation>();
builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<GatewayOptions>>().Value);
// A message on its way when the process is told to stop is waited for, and then there must be time to store it.
builder.Services.AddOptions<HostOptions>().Configure<GatewayOptions>((host, mail) => host.ShutdownTimeout = mail.Limits.Drain + TimeSpan.FromSeconds(15));
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddMailStorage(builder.Configuration, builder.Environment);
builder.Services.AddMailTrace("gateway");
builder.Services.AddSingleton<RecipientResolver>();
builder.Services.AddSingleton<PasswordHashing>();
builder.Services.AddSingleton<Authenticator>();
builder.Services.AddSingleton<MessageIntake>();
builder.Services.AddSingleton<SenderRewriting>();
builder.Services.AddSingleton<SubmissionPolicy>();
builder.Services.AddSingleton<MailboxQuota>();
builder.Services.AddSingleton<IResolver>(services =>
    new Resolver(services.GetRequiredService<GatewayOptions>().Dns, new DnsSeams { Clock = services.GetRequiredService<TimeProvider>() }));
builder.Services.AddSingleton<DomainKeys>();
builder.Services.AddSingleton<Signatures>();
builder.Services.AddSingleton<SenderChecks>();
builder.Services.AddSingleton<Blocklists>();
builder.Services.AddSingleton(services => services.GetRequiredService<GatewayOptions>().Limits.ToWire());
builder.Services.AddSingleton<GatewayMetrics>();
builder.Services.AddSingleton<ConnectionGate>();
builder.Services.AddSingleton<Admission>();
builder.Services.AddSingleton<TlsListeners>();
builder.Services.AddHostedService<CertificateWatch>();
builder.Services.AddSingleton<StorageAnswers>();
builder.Services.AddSingleton<Readiness>();
builder.Services.AddSingleton<HealthEndpoint>();
builder.Services.AddSingleton<SmtpServices>();
builder.Services.AddSingleton<Pop3Services>();
builder.Logging.AddGatheredConsole();
builder.Logging.AddFilter("Microsoft", LogLevel.Warning); // Kestrel would call every listener http
// Sockets complete on the thread pool already; handing each completion to it once more costs a switch of threads for every line that is read.
builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxConcurrentConnections = null; // ConnectionGate counts, and says 421 instead of hanging up
    var services = kestrel.ApplicationServices;
    var options = services.GetRequiredService<GatewayOptions>();
    foreach (var row in Listeners.Rows)
    {
        var endPoint = row.EndPoint(options.Listeners);
        if (endPoint.Length == 0)
            continue;
        ConnectionHandler handler = row.Service == Service.Pop3
            ? new Pop3ConnectionHandler(row, services.GetRequiredService<Pop3Services>())
            : new SmtpConnectionHandler(row, services.GetRequiredService<SmtpServices>(), services.GetRequiredService<ILogger<SmtpConnectionHandler>>());
        kestrel.Listen(IPEndPoint.Parse(endPoint), listen => listen.Run(handler.OnConnectedAsync));
        services.GetRequiredService<ILogger<ConnectionGate>>().Listens(row.Name, endPoint);
    }
    if (options.Listeners.Health.Length > 0)
        kestrel.Listen(IPEndPoint.Parse(options.Listeners.Health), listen => listen.Protocols = HttpProtocols.Http1);
});

try
{
    builder.AddMailTelemetry("mailfunctions-gateway", GatewayMetrics.MeterName);
    var app = builder.Build();
    app.Run(app.Services.GetRequiredService<HealthEndpoint>().InvokeAsync); // every other listener has a handler of its own
    await app.RunAsync();
    return 0;
}
catch (Exception error) when (error is OptionsValidationException or StorageConfigurationException or IOException or InvalidOperationException)
{
    // A wrong setting or a taken port: one line that says what to do, not a stack trace.
    await Console.Error.WriteLineAsync(error.Message);
    return 2;
}
