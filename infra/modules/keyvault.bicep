// The vault of the certificate, the smarthost's password and the keys of return paths. Their values are put there by the operator and pass through no template.
param location string
param tags object
@minLength(3)
@maxLength(24)
param name string
param functionsPrincipalId string
param gatewayPrincipalId string
param certificateInVault bool
param srsKeysInVault bool
param saltKeyInVault bool
param smarthostPasswordInVault bool
@description('Whether the function app renews the certificate. Its secrets are there then: an operator ordered the first one.')
param renewsCertificate bool
@description('Who puts the secrets there; empty for nobody.')
param operatorPrincipalId string
@allowed(['User', 'Group', 'ServicePrincipal'])
param operatorPrincipalType string

var secretsUser = '4633458b-17de-408a-b874-0445c86b69e6' // Key Vault Secrets User
var secretsOfficer = 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7' // Key Vault Secrets Officer

// A program reads its own secrets and no other's: the roles are on the secrets, once these are there. Who renews the certificate also sets two of them.
var onSecrets = [
  { secret: 'certificate', principalId: gatewayPrincipalId, role: secretsUser, isThere: certificateInVault }
  { secret: 'certificate', principalId: functionsPrincipalId, role: secretsOfficer, isThere: renewsCertificate }
  { secret: 'acme-account', principalId: functionsPrincipalId, role: secretsOfficer, isThere: renewsCertificate }
  { secret: 'srs-keys', principalId: gatewayPrincipalId, role: secretsUser, isThere: srsKeysInVault }
  { secret: 'salt-key', principalId: gatewayPrincipalId, role: secretsUser, isThere: saltKeyInVault }
  { secret: 'smarthost-password', principalId: functionsPrincipalId, role: secretsUser, isThere: smarthostPasswordInVault }
]

resource vault 'Microsoft.KeyVault/vaults@2024-11-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    tenantId: subscription().tenantId
    sku: { family: 'A', name: 'standard' }
    enableRbacAuthorization: true
    enableSoftDelete: true
    softDeleteRetentionInDays: 90
    enablePurgeProtection: true
  }
}

resource secretScopes 'Microsoft.KeyVault/vaults/secrets@2024-11-01' existing = [for row in onSecrets: {
  parent: vault
  name: row.secret
}]

resource programRoles 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (row, index) in onSecrets: if (row.isThere) {
  scope: secretScopes[index]
  name: guid(vault.id, row.secret, row.principalId, row.role)
  properties: {
    principalId: row.principalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', row.role)
  }
}]

resource operatorRole 'Microsoft.Authorization/roleAssignments@2022-04-01' = if (!empty(operatorPrincipalId)) {
  scope: vault
  name: guid(vault.id, operatorPrincipalId, secretsOfficer)
  properties: {
    principalId: operatorPrincipalId
    principalType: operatorPrincipalType
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', secretsOfficer)
  }
}

output id string = vault.id
output name string = vault.name
output uri string = vault.properties.vaultUri
