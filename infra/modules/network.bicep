// The network: a subnet per program, from which the mail account may be reached.
param location string
param tags object
param suffix string
@allowed(['containerapp', 'vmss'])
param gatewayProfile string

var storageEndpoint = [{ service: 'Microsoft.Storage' }]
var toEnvironments = [{ name: 'environments', properties: { serviceName: 'Microsoft.App/environments' } }]

// The balancer hands on to the program's own ports, and these are what a rule sees. Nothing else comes in, no remote shell either.
resource gatewayRules 'Microsoft.Network/networkSecurityGroups@2025-05-01' = if (gatewayProfile == 'vmss') {
  name: 'nsg-gateway-${suffix}'
  location: location
  tags: tags
  properties: {
    securityRules: [
      {
        name: 'mail'
        properties: {
          priority: 100
          direction: 'Inbound'
          access: 'Allow'
          protocol: 'Tcp'
          sourceAddressPrefix: 'Internet'
          sourcePortRange: '*'
          destinationAddressPrefix: '*'
          destinationPortRanges: ['2525', '2587', '2465', '2110', '2995']
        }
      }
    ]
  }
}

resource network 'Microsoft.Network/virtualNetworks@2025-05-01' = {
  name: 'vnet-${suffix}'
  location: location
  tags: tags
  properties: {
    addressSpace: { addressPrefixes: ['10.25.0.0/16'] }
    subnets: [
      {
        name: 'functions'
        properties: {
          addressPrefix: '10.25.0.0/24'
          delegations: toEnvironments
          serviceEndpoints: storageEndpoint
        }
      }
      {
        name: 'gateway'
        properties: {
          addressPrefix: '10.25.2.0/23'
          delegations: gatewayProfile == 'containerapp' ? toEnvironments : []
          serviceEndpoints: storageEndpoint
          networkSecurityGroup: gatewayProfile == 'vmss' ? { id: gatewayRules.id } : null
        }
      }
    ]
  }
}

resource functionsSubnet 'Microsoft.Network/virtualNetworks/subnets@2025-05-01' existing = {
  parent: network
  name: 'functions'
}

resource gatewaySubnet 'Microsoft.Network/virtualNetworks/subnets@2025-05-01' existing = {
  parent: network
  name: 'gateway'
}

output functionsSubnetId string = functionsSubnet.id
output gatewaySubnetId string = gatewaySubnet.id
