// Holds the order of the house: project references point down the list of layers and never up.
using System.Xml.Linq;
using MailFunctions.Rig;

namespace MailFunctions.Unit;

public sealed class Layers
{
    // A project may refer to those in its row, and to nothing else of this repository.
    public static TheoryData<string, string> Rows => new()
    {
        { "functions/Mail/Mail.csproj", "" },
        { "functions/Wire/Wire.csproj", "" },
        { "functions/Acme/Acme.csproj", "" },
        { "functions/Smtp/Smtp.csproj", "Mail Wire" },
        { "functions/Mime/Mime.csproj", "Mail" },
        { "functions/Dns/Dns.csproj", "Mail" },
        { "functions/Authentication/Authentication.csproj", "Mail Mime Dns" },
        { "functions/Storage/Storage.csproj", "Mail" },
        { "functions/Telemetry/Telemetry.csproj", "Mail" },
        { "functions/App/App.csproj", "Mail Wire Acme Smtp Mime Dns Authentication Storage Telemetry" },
        { "gateway/Gateway.csproj", "Mail Wire Smtp Mime Dns Authentication Storage Telemetry" },
        { "infra/mailctl/Mailctl.csproj", "Mail Wire Acme Smtp Mime Dns Authentication Storage" },
        { "infra/local/Local.csproj", "Mail Wire Acme Smtp Mime Dns Authentication Storage App Gateway" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_project_refers_only_to_layers_below_it(string project, string allowed)
    {
        var path = Path.Combine(AzuriteServer.RepositoryRoot, project);
        var references = XDocument.Load(path).Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension((string)reference.Attribute("Include")!));
        Assert.Empty(references.Except(allowed.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Fact]
    public void Every_project_of_the_product_has_a_row()
    {
        var found = new[] { "functions", "gateway", "infra" }
            .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, folder), "*.csproj", SearchOption.AllDirectories))
            .Where(path => !path.Contains("node_modules", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(AzuriteServer.RepositoryRoot, path).Replace('\\', '/'));
        Assert.Empty(found.Except(Rows.Select(row => row.Data.Item1)));
    }

    [Fact]
    public void The_nouns_and_the_wire_need_no_package()
    {
        foreach (var project in new[] { "functions/Mail/Mail.csproj", "functions/Wire/Wire.csproj", "functions/Acme/Acme.csproj", "functions/Smtp/Smtp.csproj", "functions/Mime/Mime.csproj", "functions/Dns/Dns.csproj", "functions/Authentication/Authentication.csproj" })
            Assert.Empty(XDocument.Load(Path.Combine(AzuriteServer.RepositoryRoot, project)).Descendants("PackageReference"));
    }
}
