// Who may reach the mail, and as whom: no key anywhere, and each program what it calls.
using System.Text.Json;
using MailFunctions.Acme.State;
using MailFunctions.Rig;
using MailFunctions.Storage;

namespace MailFunctions.Pipeline.Infra;

public sealed class AccessTests
{
    // Which container a store is in, as MailStores makes them. The maildrop's lock, which only the gateway takes, is in the directory.
    private static readonly Dictionary<string, string> ContainerOf = new()
    {
        ["ISpool"] = "spool", ["ILedger"] = "ledger", ["IDueIndex"] = "due", ["IMailboxStore"] = "mailboxes", ["IDirectory"] = "directory",
        ["IRemovedAccounts"] = "directory", ["IDestinations"] = "destinations", ["IParked"] = "parked", ["ITrace"] = "trace", ["DomainKeys"] = "keys",
        ["IStsPolicies"] = "policies",
    };

    [Theory]
    [InlineData("storage")]
    [InlineData("host-storage")]
    public void A_storage_account_has_no_keys_no_public_blobs_and_no_old_handshakes(string module)
    {
        var properties = BicepFile.Module(module).Resource("account").Body.GetProperty("properties");

        Assert.False(properties.GetProperty("allowSharedKeyAccess").GetBoolean());
        Assert.False(properties.GetProperty("allowBlobPublicAccess").GetBoolean());
        Assert.False(properties.GetProperty("allowCrossTenantReplication").GetBoolean());
        Assert.True(properties.GetProperty("supportsHttpsTrafficOnly").GetBoolean());
        Assert.Equal("TLS1_2", properties.GetProperty("minimumTlsVersion").GetString());
    }

    [Fact]
    public void No_setting_anywhere_holds_a_connection_string_or_a_password()
    {
        var values = BicepFile.All.Values.SelectMany(file => file.Settings).ToList();

        Assert.DoesNotContain(values, setting => setting.Key is "AzureWebJobsStorage" or "MailStorage");
        Assert.DoesNotContain(values, setting => setting.Value.ToString().Contains("AccountKey", StringComparison.OrdinalIgnoreCase));
        var password = Assert.Single(values, setting => setting.Key.EndsWith("Password", StringComparison.Ordinal));
        Assert.Contains("@Microsoft.KeyVault(SecretUri=", password.Value.ToString(), StringComparison.Ordinal);
        Assert.False(BicepFile.At(BicepFile.Module("registry").Resource("registry").Body, "properties.adminUserEnabled").GetBoolean());
        Assert.True(BicepFile.At(BicepFile.Module("monitoring").Resource("insights").Body, "properties.DisableLocalAuth").GetBoolean());
        Assert.False(BicepFile.At(BicepFile.Module("functions").Resource("publishing").Body, "properties.allow").GetBoolean());
    }

    [Theory]
    [InlineData("gateway", "gateway")]
    [InlineData("functions", "functions/App")]
    public void A_program_has_roles_on_the_containers_of_the_stores_that_it_uses_and_on_no_other(string program, string folder)
    {
        var used = Sources(folder).SelectMany(source => ContainerOf.Where(pair => source.Contains($"{pair.Key} ", StringComparison.Ordinal)).Select(pair => pair.Value));

        Assert.Equal(used.Distinct().Order(StringComparer.Ordinal), Rows("onContainers", program).Select(row => row.GetProperty("container").GetString()!).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_function_app_only_reads_the_directory_and_the_gateway_only_puts_into_one_queue()
    {
        // The function app takes no maildrop's lock, which is all that a program writes there.
        Assert.DoesNotContain(Sources("functions/App"), source => source.Contains("TryLockAsync", StringComparison.Ordinal));
        var directory = Assert.Single(Rows("onContainers", "functions"), row => row.GetProperty("container").GetString() == "directory");
        Assert.Equal("blobReader", directory.GetProperty("role").GetString());

        Assert.DoesNotContain(Sources("gateway"), source => source.Contains("WorkQueue.Relay", StringComparison.Ordinal) || source.Contains("CountAsync", StringComparison.Ordinal));
        var queue = Assert.Single(Rows("onQueues", "gateway"));
        Assert.Equal(("accepted", "queueSender"), (queue.GetProperty("queue").GetString(), queue.GetProperty("role").GetString()));
    }

    [Fact]
    public void The_functions_host_may_take_from_every_queue_that_has_a_trigger()
    {
        var triggers = Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, "functions", "App"), "function.json", SearchOption.AllDirectories)
            .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}bin{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
                && !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(path => JsonDocument.Parse(File.ReadAllText(path)).RootElement.GetProperty("bindings")[0])
            .Where(binding => binding.GetProperty("type").GetString() == "queueTrigger").Select(binding => binding.GetProperty("queueName").GetString()!);
        var rows = Rows("onQueues", "functions").ToList();

        Assert.Equal(triggers.Order(StringComparer.Ordinal), rows.Select(row => row.GetProperty("queue").GetString()!).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal("queueContributor", row.GetProperty("role").GetString()));
    }

    [Fact]
    public void The_roles_are_the_built_in_ones_that_their_names_say()
    {
        // https://learn.microsoft.com/azure/role-based-access-control/built-in-roles
        var roles = BicepFile.Module("mail-roles").Variables["roles"].EnumerateObject().ToDictionary(role => role.Name, role => role.Value.GetString());
        Assert.Equal("2a2b9908-6ea1-4ae2-8e65-a410df84e7d1", roles["blobReader"]);
        Assert.Equal("ba92f5b4-2d11-453d-a403-e96b0029c9fe", roles["blobContributor"]);
        Assert.Equal("974c5e8b-45b9-4653-ba55-5f855dd0fb88", roles["queueContributor"]);
        Assert.Equal("c6a89b2d-59bc-44d0-9896-0f6e12d7b80a", roles["queueSender"]);
        Assert.Equal("7f951dda-4ed3-4680-a7ca-43fe172d538d", BicepFile.Module("registry").Variables["pull"].GetString());
        Assert.Equal("4633458b-17de-408a-b874-0445c86b69e6", BicepFile.Module("keyvault").Variables["secretsUser"].GetString());
        Assert.Equal("b86a8fe4-44ce-4948-aee5-eccb2c155cd7", BicepFile.Module("keyvault").Variables["secretsOfficer"].GetString());
        Assert.Equal("befefa01-2a29-4197-83a8-272ff33ce314", BicepFile.Module("acme-zone").Variables["zoneContributor"].GetString());
        Assert.Equal(
            ["b7e6dc6d-f1e8-4753-8033-0f276bb0955b", "974c5e8b-45b9-4653-ba55-5f855dd0fb88", "0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3"],
            BicepFile.Module("host-roles").Variables["onAccount"].EnumerateArray().Select(role => role.GetString()));
    }

    [Fact]
    public void Who_renews_the_certificate_may_set_it_and_its_account_and_write_one_record_and_nothing_else_in_vault_or_zone()
    {
        var rows = BicepFile.Module("keyvault").Variables["onSecrets"].EnumerateArray()
            .Select(row => (Secret: row.GetProperty("secret").GetString()!, Who: BicepFile.Text(row.GetProperty("principalId")), Role: BicepFile.Text(row.GetProperty("role"))))
            .ToList();

        Assert.Equal(
            [(KeyVaultSecrets.Account, "functionsPrincipalId"), (KeyVaultSecrets.Certificate, "functionsPrincipalId")],
            rows.Where(row => row.Role == "secretsOfficer").Select(row => (row.Secret, row.Who)).Order());
        Assert.Equal(["certificate", "salt-key", "srs-keys"], rows.Where(row => row.Who == "gatewayPrincipalId").Select(row => row.Secret).Order(StringComparer.Ordinal));
        Assert.Equal("proof", BicepFile.Text(BicepFile.At(BicepFile.Module("acme-zone").Resource("proofRole").Body, "scope")));
    }

    [Fact]
    public void Every_role_assignment_has_a_name_of_its_own_that_a_second_deployment_makes_again()
    {
        var assignments = BicepFile.All.Values.SelectMany(file => file.Resources).Where(resource => resource.Type == "Microsoft.Authorization/roleAssignments").ToList();

        Assert.NotEmpty(assignments);
        Assert.All(assignments, assignment =>
        {
            Assert.StartsWith("guid(", BicepFile.Text(assignment.Body.GetProperty("name")), StringComparison.Ordinal);
            BicepFile.At(assignment.Body, "scope");
            BicepFile.At(assignment.Body, "properties.principalType");
        });
    }

    [Fact]
    public void The_containers_and_queues_are_those_of_the_code()
    {
        using var names = JsonDocument.Parse(File.ReadAllText(Path.Combine(BicepFile.Folder, "storage-names.json")));
        IEnumerable<string?> List(string name) => names.RootElement.GetProperty(name).EnumerateArray().Select(item => item.GetString());

        Assert.Equal(StorageLayout.Containers, List("containers"));
        Assert.Equal(StorageLayout.Queues, List("queues"));
        Assert.Equal("loadJsonContent('../storage-names.json')", BicepFile.Text(BicepFile.Module("storage").Variables["names"]));
    }

    [Fact]
    public void Old_versions_go_from_every_container_and_no_rule_touches_a_current_blob_except_an_old_trace()
    {
        var storage = BicepFile.Module("storage");
        var prefixes = new[] { "shortLived", "longLived" }.SelectMany(name => storage.Variables[name].EnumerateArray()).Select(item => item.GetString()!).ToList();
        Assert.Equal(StorageLayout.Containers.Except([BlobNames.TraceContainer]).Order(StringComparer.Ordinal), prefixes.Select(prefix => prefix.Split('/')[0]).Distinct().Order(StringComparer.Ordinal));
        Assert.Equal(
            ["accounts/", "aliases/", "domains/", "locks/", "routes/"],
            prefixes.Where(prefix => prefix.StartsWith("directory/", StringComparison.Ordinal)).Select(prefix => prefix["directory/".Length..]).Order(StringComparer.Ordinal));
        Assert.Equal(["ledger/", "due/", "destinations/", "policies/", "directory/locks/"], storage.Variables["shortLived"].EnumerateArray().Select(item => item.GetString()!));

        var rules = BicepFile.At(storage.Resource("lifecycle").Body, "properties.policy.rules").EnumerateArray().ToList();
        Assert.Equal(3, rules.Count);
        Assert.Equal("trace/", Assert.Single(BicepFile.At(rules[2], "definition.filters.prefixMatch").EnumerateArray()).GetString());
        Assert.Equal("appendBlob", Assert.Single(BicepFile.At(rules[2], "definition.filters.blobTypes").EnumerateArray()).GetString());
        Assert.Equal(30, storage.Variables["tracedDays"].GetInt32());
        Assert.All(rules.Take(2), rule => Assert.Equal("version", Assert.Single(BicepFile.At(rule, "definition.actions").EnumerateObject()).Name));
        Assert.Equal(1, BicepFile.At(rules[0], "definition.actions.version.delete.daysAfterCreationGreaterThan").GetInt32());
        var blobs = storage.Resource("blobs").Body.GetProperty("properties");
        Assert.True(blobs.GetProperty("isVersioningEnabled").GetBoolean());
        Assert.Equal(14, storage.Variables["keptDays"].GetInt32());
    }

    private static IEnumerable<string> Sources(string folder) => Directory.EnumerateFiles(Path.Combine(AzuriteServer.RepositoryRoot, folder), "*.cs", SearchOption.AllDirectories)
        .Where(path => !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)).Select(File.ReadAllText);

    private static IEnumerable<JsonElement> Rows(string variable, string program) =>
        BicepFile.Module("mail-roles").Variables[variable].EnumerateArray().Where(row => row.GetProperty("program").GetString() == program);
}
