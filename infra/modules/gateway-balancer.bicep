// The gateway's static address, with its name in reverse, and the balancer that keeps the clients' addresses.
param location string
param tags object
param suffix string
@description('The host name, once it leads to the address; the platform refuses a reverse name that does not. Empty until then.')
param reverseName string

var name = 'lb-gateway-${suffix}'
var ports = [
  { name: 'smtp', outside: 25, inside: 2525 }
  { name: 'submission', outside: 587, inside: 2587 }
  { name: 'submissions', outside: 465, inside: 2465 }
  { name: 'pop3', outside: 110, inside: 2110 }
  { name: 'pop3s', outside: 995, inside: 2995 }
]
var frontendId = resourceId('Microsoft.Network/loadBalancers/frontendIPConfigurations', name, 'public')
var backendId = resourceId('Microsoft.Network/loadBalancers/backendAddressPools', name, 'gateways')

resource address 'Microsoft.Network/publicIPAddresses@2025-05-01' = {
  name: 'pip-gateway-${suffix}'
  location: location
  tags: tags
  sku: { name: 'Standard' }
  zones: ['1', '2', '3']
  properties: {
    publicIPAddressVersion: 'IPv4'
    publicIPAllocationMethod: 'Static'
    dnsSettings: union({ domainNameLabel: 'mail-${suffix}' }, empty(reverseName) ? {} : { reverseFqdn: '${reverseName}.' })
  }
}

resource balancer 'Microsoft.Network/loadBalancers@2025-05-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: 'Standard' }
  properties: {
    frontendIPConfigurations: [{ name: 'public', properties: { publicIPAddress: { id: address.id } } }]
    backendAddressPools: [{ name: 'gateways' }]
    // Alive, not ready: when storage is away it is away for all of them, and a client is better off with a 451 than without an answer.
    probes: [{ name: 'health', properties: { protocol: 'Http', port: 2081, requestPath: '/health/live', intervalInSeconds: 15, probeThreshold: 2 } }]
    loadBalancingRules: [for port in ports: {
      name: port.name
      properties: {
        protocol: 'Tcp'
        frontendPort: port.outside
        backendPort: port.inside
        frontendIPConfiguration: { id: frontendId }
        backendAddressPool: { id: backendId }
        probe: { id: resourceId('Microsoft.Network/loadBalancers/probes', name, 'health') }
        // RFC 5321 4.5.3.2 and RFC 1939 3 let a client be silent for 5 and 10 minutes.
        idleTimeoutInMinutes: 15
        enableTcpReset: true
        disableOutboundSnat: true
      }
    }]
    outboundRules: [
      {
        name: 'out'
        properties: {
          protocol: 'All'
          frontendIPConfigurations: [{ id: frontendId }]
          backendAddressPool: { id: backendId }
          allocatedOutboundPorts: 1024
          enableTcpReset: true
        }
      }
    ]
  }
}

output address string = address.properties.ipAddress
output poolId string = '${balancer.id}/backendAddressPools/gateways'
