// The account that holds the mail: its containers and queues, what is kept of changed and deleted blobs, and who may reach it over the network.
param location string
param tags object
@minLength(3)
@maxLength(24)
param name string
@description('The subnets of the programs; nobody else reaches the account, except operatorAddress.')
param subnetIds string[]
@description('One public IPv4 address from which mailctl is run; empty for none.')
param operatorAddress string
@description('False leaves the account reachable from everywhere, by identity alone.')
param networkRestricted bool

// The same list that the programs have in StorageLayout; a test compares the two.
var names = loadJsonContent('../storage-names.json')
var keptDays = 14
var tracedDays = 30

// What changes all the time and is worth nothing once it has changed.
var shortLived = ['ledger/', 'due/', 'destinations/', 'policies/', 'directory/locks/']
// What a person may want back.
var longLived = ['spool/', 'mailboxes/', 'parked/', 'keys/', 'directory/domains/', 'directory/accounts/', 'directory/aliases/', 'directory/routes/']

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: { name: 'Standard_ZRS' }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      bypass: 'None'
      defaultAction: networkRestricted ? 'Deny' : 'Allow'
      virtualNetworkRules: [for id in subnetIds: { id: id, action: 'Allow' }]
      ipRules: empty(operatorAddress) ? [] : [{ value: operatorAddress, action: 'Allow' }]
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    isVersioningEnabled: true
    deleteRetentionPolicy: { enabled: true, days: keptDays }
    containerDeleteRetentionPolicy: { enabled: true, days: keptDays }
  }
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for container in names.containers: {
  parent: blobs
  name: container
  properties: { publicAccess: 'None' }
}]

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' = {
  parent: account
  name: 'default'
}

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' = [for queue in names.queues: {
  parent: queueService
  name: queue
}]

// Versions are kept for the whole account or not at all, so rules take away those that nobody will ask for. No rule touches a current blob,
// except the trace's, which are for a month.
resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = {
  parent: account
  name: 'default'
  dependsOn: [blobs]
  properties: {
    policy: {
      rules: [
        {
          name: 'old-versions-of-bookkeeping'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: shortLived }
            actions: { version: { delete: { daysAfterCreationGreaterThan: 1 } } }
          }
        }
        {
          name: 'old-versions-of-mail'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['blockBlob'], prefixMatch: longLived }
            actions: { version: { delete: { daysAfterCreationGreaterThan: keptDays } } }
          }
        }
        {
          name: 'old-trace'
          enabled: true
          type: 'Lifecycle'
          definition: {
            filters: { blobTypes: ['appendBlob'], prefixMatch: ['trace/'] }
            actions: { baseBlob: { delete: { daysAfterModificationGreaterThan: tracedDays } }, version: { delete: { daysAfterCreationGreaterThan: 1 } } }
          }
        }
      ]
    }
  }
}

output name string = account.name
output blobEndpoint string = account.properties.primaryEndpoints.blob
output queueEndpoint string = account.properties.primaryEndpoints.queue
