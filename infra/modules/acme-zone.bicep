// The one DNS record by which the function app proves the host name to a certificate's authority, and the right to write that record and no other.
param zoneName string
@description('The name that the certificate is for.')
param hostname string
param functionsPrincipalId string

var zoneContributor = 'befefa01-2a29-4197-83a8-272ff33ce314' // DNS Zone Contributor

// As functions/Acme/Solvers/AzureDnsZone.cs has it: a name outside the zone is proved by a CNAME that leads here.
var record = hostname == zoneName ? '_acme-challenge' : endsWith(hostname, '.${zoneName}') ? '_acme-challenge.${substring(hostname, 0, length(hostname) - length(zoneName) - 1)}' : '_acme-challenge.${hostname}'

resource zone 'Microsoft.Network/dnsZones@2018-05-01' existing = {
  name: zoneName
}

// Written over by the program while an order is under way; a deployment in that minute costs a day.
resource proof 'Microsoft.Network/dnsZones/TXT@2018-05-01' = {
  parent: zone
  name: record
  properties: { TTL: 60, TXTRecords: [{ value: ['-'] }] }
}

resource proofRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: proof
  name: guid(proof.id, functionsPrincipalId, zoneContributor)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', zoneContributor)
  }
}
