// The function app: Flex Consumption, our program as the custom handler, every storage by identity.
param location string
param tags object
param suffix string
param identity object
param subnetId string
param hostEndpoints object
param packagesUrl string
param mailBlobEndpoint string
param mailQueueEndpoint string
param insightsConnectionString string
param vaultUri string
param hostname string
@description('Who reads mail for <Postmaster>; empty for the postmaster of the host name\'s domain.')
param postmaster string
@description('The public addresses of the gateway, which are never dialled.')
param ownAddresses string
@description('True keeps everything that would leave, where the operator sees it.')
param hold bool
@description('{ host, port, tls, username }; an empty host for none.')
param smarthost object
@description('Where rspamd answers; empty for none.')
param scanAddress string
@description('The resource id of the Azure DNS zone in which the certificate\'s names are proved; empty where somebody else renews it.')
param acmeZone string
@description('Instances of each function at most. An instance makes at most 20 deliveries to one destination at a time.')
param maximumInstanceCount int

var storageIdentity = { credential: 'managedidentity', clientId: identity.clientId }

var common = {
  AZURE_CLIENT_ID: identity.clientId
  AzureWebJobsStorage__credential: storageIdentity.credential
  AzureWebJobsStorage__clientId: storageIdentity.clientId
  AzureWebJobsStorage__blobServiceUri: hostEndpoints.blob
  AzureWebJobsStorage__queueServiceUri: hostEndpoints.queue
  AzureWebJobsStorage__tableServiceUri: hostEndpoints.table
  MailStorage__credential: storageIdentity.credential
  MailStorage__clientId: storageIdentity.clientId
  MailStorage__queueServiceUri: mailQueueEndpoint
  APPLICATIONINSIGHTS_CONNECTION_STRING: insightsConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identity.clientId};Authorization=AAD'
  AzureWebJobsDisableHomepage: 'true'
  DOTNET_EnableDiagnostics: '0'
  RetryTimer: '0 * * * * *'
  SweepTimer: '0 */10 * * * *'
  ReportTlsTimer: '0 17 0 * * *'
  RenewTimer: '0 41 1 * * *' // the machines of a scale set take the certificate of the day from 03:00 on
  Mail__Storage: mailBlobEndpoint
  Mail__Hostname: hostname
  Mail__Postmaster: postmaster
  Mail__Relay__Hold: string(hold)
  Mail__Relay__OwnAddresses: ownAddresses
}
var smarthostSettings = empty(smarthost.host) ? {} : {
  Mail__Smarthost__Host: smarthost.host
  Mail__Smarthost__Port: string(smarthost.port)
  Mail__Smarthost__Tls: smarthost.tls
}
var loginSettings = empty(smarthost.username) ? {} : {
  Mail__Smarthost__Username: smarthost.username
  Mail__Smarthost__Password: '@Microsoft.KeyVault(SecretUri=${vaultUri}secrets/smarthost-password)'
}
var acmeSettings = empty(acmeZone) ? {} : { Mail__Acme__Vault: vaultUri, Mail__Acme__Zone: acmeZone }
var scanSettings = empty(scanAddress) ? {} : { Mail__Scan__Rspamd: scanAddress }

resource plan 'Microsoft.Web/serverfarms@2024-04-01' = {
  name: 'plan-${suffix}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: { tier: 'FlexConsumption', name: 'FC1' }
  properties: { reserved: true }
}

resource app 'Microsoft.Web/sites@2024-04-01' = {
  name: 'func-${suffix}'
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    keyVaultReferenceIdentity: identity.id
    virtualNetworkSubnetId: subnetId
    siteConfig: { minTlsVersion: '1.2' }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: packagesUrl
          authentication: { type: 'UserAssignedIdentity', userAssignedIdentityResourceId: identity.id }
        }
      }
      scaleAndConcurrency: { maximumInstanceCount: maximumInstanceCount, instanceMemoryMB: 512 }
      runtime: { name: 'custom', version: '1.0' }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2024-04-01' = {
  parent: app
  name: 'appsettings'
  properties: union(common, smarthostSettings, loginSettings, acmeSettings, scanSettings)
}

// Publishing is by identity; the site's own passwords stay shut.
resource publishing 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2024-04-01' = [for policy in ['scm', 'ftp']: {
  parent: app
  name: policy
  properties: { allow: false }
}]

output name string = app.name
output host string = app.properties.defaultHostName
