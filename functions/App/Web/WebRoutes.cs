// Which page answers which request from the web: one line each. Every route has a function.json of its own.
namespace MailFunctions.App.Web;

/// <summary>
/// The routes. None of them takes a part of its path from the request, so none can lead to the target of a trigger.
/// </summary>
internal static class WebRoutes
{
    private static readonly string[] Reading = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Adds what the pages need.</summary>
    public static IServiceCollection AddPages(this IServiceCollection services) =>
        services.AddSingleton<OwnDomains>().AddSingleton<StsPolicyPage>().AddSingleton<MozillaPage>().AddSingleton<AutodiscoverPage>();

    /// <summary>Maps the pages.</summary>
    public static void MapPages(this WebApplication app)
    {
        var mozilla = Publication.Of((context, cancel) => context.RequestServices.GetRequiredService<MozillaPage>().FindAsync(context, cancel));
        app.MapMethods(
            "/.well-known/mta-sts.txt", Reading,
            Publication.Of((context, cancel) => context.RequestServices.GetRequiredService<StsPolicyPage>().FindAsync(context, cancel)));
        app.MapMethods("/mail/config-v1.1.xml", Reading, mozilla);
        app.MapMethods("/.well-known/autoconfig/mail/config-v1.1.xml", Reading, mozilla);
        app.MapMethods(
            "/autodiscover/autodiscover.xml", [HttpMethods.Post],
            Publication.Of((context, cancel) => context.RequestServices.GetRequiredService<AutodiscoverPage>().FindAsync(context, cancel)));
    }
}
