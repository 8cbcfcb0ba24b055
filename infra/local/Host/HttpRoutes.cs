// Which HTTP requests the function app answers.
using Microsoft.AspNetCore.Routing.Template;

namespace MailFunctions.Local.Host;

/// <summary>The routes of the HTTP-triggered functions; everything else is 404.</summary>
internal sealed class HttpRoutes
{
    private readonly List<(TemplateMatcher Matcher, FunctionTrigger.Http Trigger, FunctionDefinition Function)> _routes = [];

    /// <summary>Reads the routes of an app.</summary>
    /// <exception cref="InvalidDataException">
    /// A route is reserved by the platform, or covers the path at which the host calls another function: an outsider could then start that one.
    /// </exception>
    public HttpRoutes(FunctionApp app)
    {
        foreach (var function in app.Functions)
        {
            if (function.Trigger is not FunctionTrigger.Http http)
                continue;
            var route = app.Settings.RoutePrefix.Length == 0 ? http.Route : $"{app.Settings.RoutePrefix}/{http.Route}";
            var first = http.Route.Split('/')[0];
            if (first.Equals("admin", StringComparison.OrdinalIgnoreCase) || first.Equals("runtime", StringComparison.OrdinalIgnoreCase))
                throw new InvalidDataException($"{function.Name}: routes below '{first}' belong to the Functions host.");
            var template = TemplateParser.Parse(route);
            var matcher = new TemplateMatcher(template, []);
            foreach (var other in app.Functions)
            {
                if (other.Trigger is not FunctionTrigger.Http && matcher.TryMatch($"/{other.Name}", []))
                    throw new InvalidDataException($"{function.Name}: the route '{route}' would let outsiders call {other.Name}.");
            }
            _routes.Add((matcher, http, function));
        }
    }

    /// <summary>How many there are.</summary>
    public int Count => _routes.Count;

    /// <summary>The function that answers a request, or null.</summary>
    /// <param name="method">The method as sent.</param>
    /// <param name="target">The request target as sent, undecoded.</param>
    /// <param name="path">The path as the server decoded and normalised it.</param>
    public FunctionDefinition? Find(string method, string target, PathString path)
    {
        if (!IsPlain(target))
            return null;
        foreach (var (matcher, trigger, function) in _routes)
        {
            if ((trigger.Methods.Count == 0 || trigger.Methods.Contains(method)) && matcher.TryMatch(path, []))
                return function;
        }
        return null;
    }

    // The target goes to the worker as it came. One that two readers could read differently (a dot segment, an empty one, a coded or wrong-way slash,
    // another form than origin-form) is refused, whatever it would lead to.
    private static bool IsPlain(string target)
    {
        if (!target.StartsWith('/'))
            return false;
        var query = target.IndexOf('?');
        var path = query < 0 ? target : target[..query];
        if (path.Contains("//") || path.Contains('\\') || path.Contains("%2f", StringComparison.OrdinalIgnoreCase)
            || path.Contains("%5c", StringComparison.OrdinalIgnoreCase) || path.Contains("%00") || path.Contains("%25"))
            return false;
        foreach (var segment in path.Split('/'))
        {
            if (segment.Replace("%2e", ".", StringComparison.OrdinalIgnoreCase) is "." or "..")
                return false;
        }
        return true;
    }
}
