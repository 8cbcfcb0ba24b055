// That the Bicep files are whole: their syntax, their names, and how they call each other. A compiler would say this; none is to be had where these tests run.
using System.Text.Json;

namespace MailFunctions.Pipeline.Infra;

public sealed class SyntaxTests
{
    // The functions of the language that are called; a name that is not here and not declared is a slip of the pen.
    private static readonly string[] Functions =
    [
        "base64", "concat", "empty", "endsWith", "guid", "items", "join", "json", "last", "length", "loadJsonContent", "loadTextContent", "map", "reduce",
        "replace", "resourceGroup", "resourceId", "split", "string", "subscription", "subscriptionResourceId", "substring", "union", "uniqueString",
    ];

    public static TheoryData<string> Files => [.. BicepFile.Found];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_parses_without_errors_and_says_what_it_is_for(string path)
    {
        var file = BicepFile.All[path];

        Assert.Empty(file.Errors);
        Assert.StartsWith("// ", file.FirstLine, StringComparison.Ordinal);
        Assert.True(path == "main.bicep" || file.Lines < 120, $"{path} has {file.Lines} lines.");
    }

    [Fact]
    public void A_broken_file_is_seen_to_be_broken()
    {
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.bicep");
        File.WriteAllText(path, "param a string\nresource b 'Microsoft.Storage/storageAccounts@2025-06-01' = {\n  name: 'x'\n  kind = 'y'\n}\n");
        try
        {
            Assert.NotEmpty(Assert.Single(BicepFile.Parse([path])).Errors);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_name_is_declared_and_every_parameter_and_variable_is_used(string path)
    {
        var file = BicepFile.All[path];
        var declared = file.Parameters.Keys.Concat(file.Variables.Keys).Concat(file.Resources.Select(resource => resource.Name))
            .Concat(file.Modules.Select(module => module.Name)).Concat(file.Locals).Concat(Functions);

        Assert.Empty(file.Used.Except(declared));
        Assert.Empty(file.Parameters.Keys.Concat(file.Variables.Keys).Except(file.Used));
        Assert.Empty(file.Resources.Where(resource => resource.Existing).Select(resource => resource.Name).Except(file.Used));
    }

    [Fact]
    public void Every_module_is_used_and_gets_the_parameters_that_it_needs_and_no_other()
    {
        var modules = BicepFile.Main.Modules;

        Assert.Equal(BicepFile.Found.Where(path => path != "main.bicep"), modules.Select(module => module.Path).Order(StringComparer.Ordinal));
        Assert.All(modules, module =>
        {
            var given = module.Body.GetProperty("params").EnumerateObject().Select(property => property.Name).ToList();
            var parameters = BicepFile.All[module.Path].Parameters;
            Assert.Empty(given.Except(parameters.Keys));
            Assert.Empty(parameters.Where(parameter => !parameter.Value.HasDefault).Select(parameter => parameter.Key).Except(given));
            // The zone was there before us, and is where its owner has it.
            var scope = module.Path == "modules/acme-zone.bicep" ? "resourceGroup(zoneParts[2], zoneParts[4])" : "group";
            Assert.Equal(scope, BicepFile.Text(module.Body.GetProperty("scope")));
        });
    }

    [Fact]
    public void Every_output_that_is_taken_from_a_module_is_one_of_its_outputs_and_every_output_is_taken()
    {
        var taken = BicepFile.Main.OutputsTaken.Select(pair => pair.Split(' ')).Select(pair => (Module: pair[0], Output: pair[1])).ToList();
        var given = BicepFile.Main.Modules.SelectMany(module => BicepFile.All[module.Path].Outputs.Keys.Select(output => (Module: module.Name, Output: output))).ToList();

        Assert.Empty(taken.Except(given));
        Assert.Empty(given.Except(taken));
    }

    [Fact]
    public void No_output_and_no_parameter_is_a_secret()
    {
        // azd keeps both in clear. The values of secrets go from the operator into the vault, and programs read them there.
        var names = BicepFile.All.Values.SelectMany(file => file.Outputs.Keys.Concat(file.Parameters.Keys)).ToList();

        Assert.DoesNotContain(names, name => name.EndsWith("Password", StringComparison.OrdinalIgnoreCase) || name.EndsWith("Secret", StringComparison.OrdinalIgnoreCase)
            || (name.EndsWith("Key", StringComparison.OrdinalIgnoreCase) && name != "sshPublicKey"));
        Assert.DoesNotContain(BicepFile.All.Values, file => file.Calls.Any(call => call.Contains("listKeys", StringComparison.Ordinal) || call.Contains("Sas", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_resource_has_a_name_and_unless_it_lies_in_another_a_place_and_the_tags(string path)
    {
        foreach (var resource in BicepFile.All[path].Resources)
        {
            Assert.True(resource.Body.TryGetProperty("name", out _), resource.Name);
            var lies = resource.Existing || resource.Body.TryGetProperty("parent", out _) || resource.Body.TryGetProperty("scope", out _);
            foreach (var property in lies ? [] : new[] { "location", "tags" })
                Assert.True(resource.Body.TryGetProperty(property, out _), $"{resource.Name} has no {property}");
        }
    }

    [Fact]
    public void The_template_is_deployed_to_a_subscription()
    {
        Assert.Contains("targetScope = 'subscription'", File.ReadAllText(Path.Combine(BicepFile.Folder, "main.bicep")), StringComparison.Ordinal);
    }

    [Fact]
    public void The_parameters_file_gives_every_parameter_from_the_environment_and_no_other()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(BicepFile.Folder, "main.parameters.json")));
        var given = json.RootElement.GetProperty("parameters").EnumerateObject().ToDictionary(property => property.Name, property => property.Value.GetProperty("value").GetString()!);

        Assert.Equal(BicepFile.Main.Parameters.Keys.Order(StringComparer.Ordinal), given.Keys.Order(StringComparer.Ordinal));
        Assert.All(given, pair =>
        {
            Assert.Matches(@"^\$\{[A-Z][A-Z0-9_]*(=[^}]*)?\}$", pair.Value);
            var parameter = BicepFile.Main.Parameters[pair.Key];
            var equals = pair.Value.IndexOf('=', StringComparison.Ordinal);
            // What azd must ask for has no default in either file; what it need not ask for has the same in both. Who is logged in azd knows.
            if (pair.Key is "principalId")
                return;
            Assert.Equal(parameter.HasDefault, equals > 0);
            if (parameter.HasDefault)
                Assert.Equal(parameter.Default.ToString(), pair.Value[(equals + 1)..^1], ignoreCase: true);
        });
    }
}
