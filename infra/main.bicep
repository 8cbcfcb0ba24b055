// The whole system in one resource group: mail storage, function app, gateway in one of two profiles, and what they need.
targetScope = 'subscription'

@minLength(1)
@maxLength(64)
param environmentName string
@metadata({ azd: { type: 'location' } })
param location string
@description('Who runs mailctl and sets the secrets: gets data access to mail storage and vault. Empty for nobody.')
param principalId string = ''
@allowed(['User', 'Group', 'ServicePrincipal'])
param principalType string = 'User'
@description('This system\'s own name, like mail.example.org.')
param hostname string
@description('The first domain, like example.org; only the DNS records that are printed depend on it.')
param domain string
param postmaster string = ''
@description('containerapp: nothing to look after, the clients\' addresses unknown. vmss: machines behind a static address, the clients\' addresses known.')
@allowed(['containerapp', 'vmss'])
param gatewayProfile string = 'containerapp'
@description('The image that azd deployed; empty the first time.')
param gatewayImage string = ''
@minValue(1)
@maxValue(20)
param gatewayInstances int = 2
@description('For vmss: the public key of its user.')
param sshPublicKey string = ''
@description('For vmss: the host name, once its A record leads to the address.')
param reverseName string = ''
@description('True once the vault has the secret certificate: a PEM text with certificate, chain and key.')
param certificateInVault bool = false
@description('The resource id of an Azure DNS zone: the function app renews the certificate and proves the host name there. Empty where you renew it.')
param acmeZone string = ''
@description('True once the vault has the secret srs-keys: keys of 16 octets or more, separated by commas.')
param srsKeysInVault bool = false
@description('True once the vault has the secret salt-key: 16 octets or more, so that all gateways answer alike for accounts that do not exist.')
param saltKeyInVault bool = false
param smarthostHost string = ''
@minValue(1)
@maxValue(65535)
param smarthostPort int = 587
@allowed(['starttls', 'implicit', 'none'])
param smarthostTls string = 'starttls'
@description('If not empty, the vault must have the secret smarthost-password.')
param smarthostUsername string = ''
@description('True tries to deliver to other systems on port 25 where no smarthost is given. Most subscriptions block it.')
param directDelivery bool = false
@description('The address of a worker of rspamd that looks at what comes in, like http://10.0.0.4:11333; empty for none.')
param scanAddress string = ''
@description('Instances of each function at most.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int = 40
@description('False leaves mail storage reachable from every network, by identity alone.')
param storageRestricted bool = true
@description('The public IPv4 address from which mailctl is run.')
param operatorAddress string = ''
param alertAddress string = ''

var suffix = uniqueString(subscription().id, environmentName, location)
var tags = { 'azd-env-name': environmentName }
// Before the first certificate there is nothing to renew, and no secret that a role could be on.
var renewsCertificate = certificateInVault && !empty(acmeZone)
// Also where there is no zone, and so no module: what names its scope is looked at all the same.
var zoneParts = split(renewsCertificate ? acmeZone : '${subscription().id}/resourceGroups/rg-${environmentName}/providers/Microsoft.Network/dnsZones/none', '/')
var isContainerApp = gatewayProfile == 'containerapp'
// Without a certificate the listeners that begin with a handshake stay shut.
var gatewaySettings = union({
    AZURE_CLIENT_ID: identities.outputs.gateway.clientId
    DOTNET_EnableDiagnostics: '0'
    Mail__Storage: storage.outputs.blobEndpoint
    Mail__Hostname: hostname
    Mail__Postmaster: postmaster
  },
  certificateInVault ? { Mail__Tls__Certificate: '/tls/certificate.pem' } : { Mail__Listeners__Submissions: '', Mail__Listeners__Pop3s: '' }
)

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-${environmentName}'
  location: location
  tags: tags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: { location: location, tags: tags, suffix: suffix }
}

module network 'modules/network.bicep' = {
  name: 'network'
  scope: group
  params: { location: location, tags: tags, suffix: suffix, gatewayProfile: gatewayProfile }
}

module storage 'modules/storage.bicep' = {
  name: 'storage'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'mail${suffix}'
    subnetIds: [network.outputs.functionsSubnetId, network.outputs.gatewaySubnetId]
    operatorAddress: operatorAddress
    networkRestricted: storageRestricted
  }
}

module mailRoles 'modules/mail-roles.bicep' = {
  name: 'mail-roles'
  scope: group
  params: {
    accountName: storage.outputs.name
    functionsPrincipalId: identities.outputs.functions.principalId
    gatewayPrincipalId: identities.outputs.gateway.principalId
    operatorPrincipalId: principalId
    operatorPrincipalType: principalType
  }
}

module hostStorage 'modules/host-storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: { location: location, tags: tags, name: 'host${suffix}' }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: { location: location, tags: tags, suffix: suffix }
}

module hostRoles 'modules/host-roles.bicep' = {
  name: 'host-roles'
  scope: group
  params: {
    accountName: hostStorage.outputs.name
    insightsName: monitoring.outputs.insightsName
    functionsPrincipalId: identities.outputs.functions.principalId
  }
}

module vault 'modules/keyvault.bicep' = {
  name: 'keyvault'
  scope: group
  params: {
    location: location
    tags: tags
    name: 'kv-${suffix}'
    functionsPrincipalId: identities.outputs.functions.principalId
    gatewayPrincipalId: identities.outputs.gateway.principalId
    certificateInVault: certificateInVault
    srsKeysInVault: srsKeysInVault
    saltKeyInVault: saltKeyInVault
    smarthostPasswordInVault: !empty(smarthostUsername)
    renewsCertificate: renewsCertificate
    operatorPrincipalId: principalId
    operatorPrincipalType: principalType
  }
}

module zone 'modules/acme-zone.bicep' = if (renewsCertificate) {
  name: 'acme-zone'
  scope: resourceGroup(zoneParts[2], zoneParts[4])
  params: { zoneName: last(zoneParts), hostname: hostname, functionsPrincipalId: identities.outputs.functions.principalId }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  scope: group
  params: { location: location, tags: tags, name: 'cr${suffix}', gatewayPrincipalId: identities.outputs.gateway.principalId }
}

module containerApp 'modules/gateway-containerapp.bicep' = if (isContainerApp) {
  name: 'gateway-containerapp'
  scope: group
  dependsOn: [mailRoles]
  params: {
    location: location
    tags: tags
    suffix: suffix
    identity: identities.outputs.gateway
    subnetId: network.outputs.gatewaySubnetId
    workspaceId: monitoring.outputs.workspaceId
    registryEndpoint: registry.outputs.endpoint
    image: gatewayImage
    vaultUri: vault.outputs.uri
    certificateInVault: certificateInVault
    srsKeysInVault: srsKeysInVault
    saltKeyInVault: saltKeyInVault
    settings: gatewaySettings
  }
}

module balancer 'modules/gateway-balancer.bicep' = if (!isContainerApp) {
  name: 'gateway-balancer'
  scope: group
  params: { location: location, tags: tags, suffix: suffix, reverseName: reverseName }
}

module scaleSet 'modules/gateway-vmss.bicep' = if (!isContainerApp) {
  name: 'gateway-vmss'
  scope: group
  dependsOn: [mailRoles]
  params: {
    location: location
    tags: tags
    suffix: suffix
    identity: identities.outputs.gateway
    subnetId: network.outputs.gatewaySubnetId
    poolId: balancer.outputs.poolId
    registryEndpoint: registry.outputs.endpoint
    image: gatewayImage
    vaultUri: vault.outputs.uri
    certificateInVault: certificateInVault
    srsKeysInVault: srsKeysInVault
    saltKeyInVault: saltKeyInVault
    settings: gatewaySettings
    sshPublicKey: sshPublicKey
    instanceCount: gatewayInstances
  }
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  scope: group
  dependsOn: [mailRoles, hostRoles]
  params: {
    location: location
    tags: tags
    suffix: suffix
    identity: identities.outputs.functions
    subnetId: network.outputs.functionsSubnetId
    hostEndpoints: hostStorage.outputs.endpoints
    packagesUrl: hostStorage.outputs.packagesUrl
    mailBlobEndpoint: storage.outputs.blobEndpoint
    mailQueueEndpoint: storage.outputs.queueEndpoint
    insightsConnectionString: monitoring.outputs.insightsConnectionString
    vaultUri: vault.outputs.uri
    hostname: hostname
    postmaster: postmaster
    ownAddresses: isContainerApp ? containerApp.outputs.address : balancer.outputs.address
    hold: empty(smarthostHost) && !directDelivery
    smarthost: { host: smarthostHost, port: smarthostPort, tls: smarthostTls, username: smarthostUsername }
    scanAddress: scanAddress
    maximumInstanceCount: maximumInstanceCount
    acmeZone: renewsCertificate ? acmeZone : ''
  }
}

module alerts 'modules/alerts.bicep' = {
  name: 'alerts'
  scope: group
  params: {
    location: location
    tags: tags
    suffix: suffix
    insightsId: monitoring.outputs.insightsId
    vaultId: vault.outputs.id
    alertAddress: alertAddress
  }
}

// azd writes outputs into its environment and into user secrets in clear: no secret may be among them.
output AZURE_RESOURCE_GROUP string = group.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.endpoint
output AZURE_CONTAINER_REGISTRY_NAME string = registry.outputs.name
output AZURE_KEY_VAULT_NAME string = vault.outputs.name
output SERVICE_FUNCTIONS_NAME string = functions.outputs.name
output FUNCTIONS_HOST string = functions.outputs.host
output MAIL_STORAGE string = storage.outputs.name
output MAIL_HOSTNAME string = hostname
output MAIL_DOMAIN string = domain
output MAIL_ADDRESS string = isContainerApp ? containerApp.outputs.address : balancer.outputs.address
output MAIL_GATEWAY string = gatewayProfile
output MAIL_SCALE_SET string = isContainerApp ? '' : scaleSet.outputs.name
@description('Whether the gateway sees who connects. Where it does not, limits and checks by address do not apply.')
output MAIL_CLIENT_ADDRESS_KNOWN bool = !isContainerApp
output MAIL_SMARTHOST string = smarthostHost
