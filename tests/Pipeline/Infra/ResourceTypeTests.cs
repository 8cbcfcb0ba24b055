// That every resource has a type and an API version that the platform knows.
namespace MailFunctions.Pipeline.Infra;

public sealed class ResourceTypeTests
{
    // Each has its folder in https://github.com/Azure/bicep-types-az (generated/...), the types that the Bicep compiler itself has, as of August 2026:
    // Microsoft.KeyVault 2024-11-01, say, is generated/keyvault/microsoft.keyvault/2024-11-01/types.json.
    private static readonly Dictionary<string, string> Known = new()
    {
        ["Microsoft.App/containerApps"] = "2025-07-01",
        ["Microsoft.App/managedEnvironments"] = "2025-07-01",
        ["Microsoft.Authorization/roleAssignments"] = "2022-04-01",
        ["Microsoft.Compute/virtualMachineScaleSets"] = "2024-11-01",
        ["Microsoft.ContainerRegistry/registries"] = "2025-04-01",
        ["Microsoft.EventGrid/systemTopics"] = "2025-02-15",
        ["Microsoft.EventGrid/systemTopics/eventSubscriptions"] = "2025-02-15",
        ["Microsoft.Insights/actionGroups"] = "2023-01-01",
        ["Microsoft.Insights/components"] = "2020-02-02",
        ["Microsoft.Insights/diagnosticSettings"] = "2021-05-01-preview",
        ["Microsoft.Insights/scheduledQueryRules"] = "2023-12-01",
        ["Microsoft.KeyVault/vaults"] = "2024-11-01",
        ["Microsoft.KeyVault/vaults/secrets"] = "2024-11-01",
        ["Microsoft.ManagedIdentity/userAssignedIdentities"] = "2023-01-31",
        ["Microsoft.Network/dnsZones"] = "2018-05-01",
        ["Microsoft.Network/dnsZones/TXT"] = "2018-05-01",
        ["Microsoft.Network/loadBalancers"] = "2025-05-01",
        ["Microsoft.Network/networkSecurityGroups"] = "2025-05-01",
        ["Microsoft.Network/publicIPAddresses"] = "2025-05-01",
        ["Microsoft.Network/virtualNetworks"] = "2025-05-01",
        ["Microsoft.Network/virtualNetworks/subnets"] = "2025-05-01",
        ["Microsoft.OperationalInsights/workspaces"] = "2025-02-01",
        ["Microsoft.Resources/resourceGroups"] = "2024-03-01",
        ["Microsoft.Storage/storageAccounts"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/blobServices"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/blobServices/containers"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/managementPolicies"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/queueServices"] = "2025-06-01",
        ["Microsoft.Storage/storageAccounts/queueServices/queues"] = "2025-06-01",
        ["Microsoft.Web/serverfarms"] = "2024-04-01",
        ["Microsoft.Web/sites"] = "2024-04-01",
        ["Microsoft.Web/sites/basicPublishingCredentialsPolicies"] = "2024-04-01",
        ["Microsoft.Web/sites/config"] = "2024-04-01",
    };

    [Fact]
    public void Every_type_and_version_is_on_the_list_and_the_list_has_no_other()
    {
        var used = BicepFile.All.Values.SelectMany(file => file.Resources).Select(resource => (resource.Type, resource.Version)).ToHashSet();

        Assert.Equal(Known.Select(pair => (pair.Key, pair.Value)).Order(), used.Order());
    }

    [Theory]
    [InlineData("storage", "account", "kind", "sku.name", "properties.networkAcls.defaultAction")]
    [InlineData("host-storage", "account", "kind", "sku.name")]
    [InlineData("keyvault", "vault", "properties.tenantId", "properties.sku.family", "properties.sku.name", "properties.enablePurgeProtection")]
    [InlineData("registry", "registry", "sku.name")]
    [InlineData("functions", "plan", "sku.name", "sku.tier", "properties.reserved")]
    [InlineData("functions", "app", "kind", "identity.type", "properties.serverFarmId", "properties.functionAppConfig.deployment.storage.authentication.type")]
    [InlineData("gateway-containerapp", "environment", "properties.vnetConfiguration.infrastructureSubnetId")]
    [InlineData("gateway-containerapp", "gateway", "properties.environmentId", "properties.configuration.ingress.targetPort", "properties.template.containers")]
    [InlineData("gateway-balancer", "address", "sku.name", "properties.publicIPAllocationMethod", "properties.dnsSettings")]
    [InlineData("gateway-balancer", "balancer", "sku.name", "properties.loadBalancingRules", "properties.probes", "properties.outboundRules")]
    [InlineData("gateway-vmss", "gateways", "sku.capacity", "properties.orchestrationMode", "properties.platformFaultDomainCount", "properties.virtualMachineProfile.networkProfile.networkApiVersion")]
    [InlineData("acme-zone", "proof", "properties.TTL", "properties.TXTRecords")]
    [InlineData("alerts", "people", "properties.groupShortName", "properties.enabled")]
    [InlineData("alerts", "alerts", "kind", "properties.scopes", "properties.criteria.allOf", "properties.evaluationFrequency", "properties.windowSize")]
    [InlineData("alerts", "vaultEvents", "properties.source", "properties.topicType")]
    [InlineData("monitoring", "insights", "kind", "properties.Application_Type", "properties.WorkspaceResourceId")]
    public void A_resource_has_what_its_type_requires_and_we_rely_on(string module, string resource, params string[] properties)
    {
        var body = BicepFile.Module(module).Resource(resource).Body;

        Assert.All(properties, path => BicepFile.At(body, path));
    }
}
