// Who may do what with the mail: each program on each container and queue that it calls, and on no other.
param accountName string
param functionsPrincipalId string
param gatewayPrincipalId string
@description('Who runs mailctl; empty for nobody.')
param operatorPrincipalId string
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string

var roles = {
  blobReader: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1' // Storage Blob Data Reader
  blobContributor: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe' // Storage Blob Data Contributor
  queueContributor: '974c5e8b-45b9-4653-ba55-5f855dd0fb88' // Storage Queue Data Contributor
  queueSender: 'c6a89b2d-59bc-44d0-9896-0f6e12d7b80a' // Storage Queue Data Message Sender
}

// The gateway accepts mail, hands mailboxes out, and holds the locks, which are in the directory. It never sees a ledger.
// The function app reads the directory and changes everything else.
var onContainers = [
  { program: 'gateway', container: 'spool', role: 'blobContributor' }
  { program: 'gateway', container: 'mailboxes', role: 'blobContributor' }
  { program: 'gateway', container: 'directory', role: 'blobContributor' }
  { program: 'gateway', container: 'keys', role: 'blobReader' }
  { program: 'gateway', container: 'trace', role: 'blobContributor' }
  { program: 'functions', container: 'spool', role: 'blobContributor' }
  { program: 'functions', container: 'ledger', role: 'blobContributor' }
  { program: 'functions', container: 'due', role: 'blobContributor' }
  { program: 'functions', container: 'mailboxes', role: 'blobContributor' }
  { program: 'functions', container: 'directory', role: 'blobReader' }
  { program: 'functions', container: 'destinations', role: 'blobContributor' }
  { program: 'functions', container: 'parked', role: 'blobContributor' }
  { program: 'functions', container: 'keys', role: 'blobReader' }
  { program: 'functions', container: 'trace', role: 'blobContributor' }
  { program: 'functions', container: 'policies', role: 'blobContributor' }
]

// The gateway only enqueues. The Functions host takes from all four, counts them, and moves what failed too often to the poison queues.
var onQueues = [
  { program: 'gateway', queue: 'accepted', role: 'queueSender' }
  { program: 'functions', queue: 'accepted', role: 'queueContributor' }
  { program: 'functions', queue: 'relay', role: 'queueContributor' }
  { program: 'functions', queue: 'accepted-poison', role: 'queueContributor' }
  { program: 'functions', queue: 'relay-poison', role: 'queueContributor' }
]

var principals = {
  functions: functionsPrincipalId
  gateway: gatewayPrincipalId
}

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: accountName
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource queueService 'Microsoft.Storage/storageAccounts/queueServices@2025-06-01' existing = {
  parent: account
  name: 'default'
}

resource containers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = [for row in onContainers: {
  parent: blobs
  name: row.container
}]

resource queues 'Microsoft.Storage/storageAccounts/queueServices/queues@2025-06-01' existing = [for row in onQueues: {
  parent: queueService
  name: row.queue
}]

resource containerRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (row, index) in onContainers: {
  scope: containers[index]
  name: guid(account.id, row.container, row.program, row.role)
  properties: {
    principalId: principals[row.program]
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
  }
}]

resource queueRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (row, index) in onQueues: {
  scope: queues[index]
  name: guid(account.id, row.queue, row.program, row.role)
  properties: {
    principalId: principals[row.program]
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[row.role])
  }
}]

resource operatorRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for role in ['blobContributor', 'queueContributor']: if (!empty(operatorPrincipalId)) {
  scope: account
  name: guid(account.id, operatorPrincipalId, role)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', roles[role])
  }
}]
