// OpenTelemetry and the policy for addresses as services of a program.
using MailFunctions.Mail.Stores;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Resources;

namespace MailFunctions.Telemetry;

/// <summary>Registers what lets others see the program run.</summary>
public static class TelemetryServices
{
    /// <summary>
    /// Exports metrics, traces and logs by OTLP where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set, under the standard variables of OpenTelemetry, and has every
    /// log line written by the policy of <c>Mail:Privacy</c>. Without them nothing is registered, and nothing costs anything. To be
    /// called when stores and logging are registered.
    /// </summary>
    /// <param name="builder">The program.</param>
    /// <param name="service">Its name, unless <c>OTEL_SERVICE_NAME</c> gives another.</param>
    /// <param name="meter">The name of its meter.</param>
    /// <exception cref="OptionsValidationException">A setting is wrong.</exception>
    public static void AddMailTelemetry(this IHostApplicationBuilder builder, string service, string meter)
    {
        var settings = TelemetrySettings.Read(builder.Configuration);
        if (settings.Exports)
            AddExport(builder, settings, service, meter);
        if (settings.Privacy != AddressPrivacy.Clear)
            AddPrivacy(builder.Services, settings.Privacy);
    }

    private static void AddExport(IHostApplicationBuilder builder, TelemetrySettings settings, string service, string meter)
    {
        var name = builder.Configuration["OTEL_SERVICE_NAME"] is { Length: > 0 } given ? given : service;
        var version = typeof(TelemetryServices).Assembly.GetName().Version?.ToString(3);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(name, serviceNamespace: "mailfunctions", serviceVersion: version))
            .WithTracing(tracing => tracing.AddSource(MailSpans.SourceName))
            .WithMetrics(metrics => metrics.AddMeter(meter, "System.Runtime"))
            .WithLogging(null, logs => logs.IncludeFormattedMessage = true)
            .UseOtlpExporter();
        builder.Services.Decorate<IWorkQueue>(inner => new TracedWorkQueue(inner));
    }

    private static void AddPrivacy(IServiceCollection services, AddressPrivacy privacy) =>
        services.Replace(ServiceDescriptor.Singleton<ILoggerFactory>(
            provider => new PrivateLoggerFactory(ActivatorUtilities.CreateInstance<LoggerFactory>(provider), privacy)));

    /// <summary>Puts something before a singleton that is registered as an instance or by a factory.</summary>
    public static void Decorate<T>(this IServiceCollection services, Func<T, T> decorate)
        where T : class
    {
        var inner = services.Last(descriptor => descriptor.ServiceType == typeof(T));
        services.Replace(ServiceDescriptor.Singleton(provider => decorate((T)(inner.ImplementationInstance ?? inner.ImplementationFactory!(provider)))));
    }
}
