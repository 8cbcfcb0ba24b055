// One identity per program: what one of them may do, the other may not.
param location string
param tags object
param suffix string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-functions-${suffix}'
  location: location
  tags: tags
}

resource gateway 'Microsoft.ManagedIdentity/userAssignedIdentities@2023-01-31' = {
  name: 'id-gateway-${suffix}'
  location: location
  tags: tags
}

output functions object = {
  id: functions.id
  clientId: functions.properties.clientId
  principalId: functions.properties.principalId
}
output gateway object = {
  id: gateway.id
  clientId: gateway.properties.clientId
  principalId: gateway.properties.principalId
}
