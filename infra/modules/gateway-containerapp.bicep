// The gateway as a container app. Its proxy hides the clients' addresses, and the gateway is told so.
param location string
param tags object
param suffix string
param identity object
param subnetId string
param workspaceId string
param registryEndpoint string
@description('The deployed image; empty before the first deployment.')
param image string
param vaultUri string
param certificateInVault bool
param srsKeysInVault bool
param saltKeyInVault bool
@description('The settings that both profiles have.')
param settings object

// Stands there until the first deployment; it opens none of our ports, so nothing may be probed.
var placeholder = 'mcr.microsoft.com/azuredocs/containerapps-helloworld:latest'

var secrets = concat(
  certificateInVault ? [{ name: 'certificate', keyVaultUrl: '${vaultUri}secrets/certificate', identity: identity.id }] : [],
  srsKeysInVault ? [{ name: 'srs-keys', keyVaultUrl: '${vaultUri}secrets/srs-keys', identity: identity.id }] : [],
  saltKeyInVault ? [{ name: 'salt-key', keyVaultUrl: '${vaultUri}secrets/salt-key', identity: identity.id }] : []
)

var environmentVariables = concat(
  map(items(union(settings, { Mail__ClientAddressHidden: 'true' })), setting => { name: setting.key, value: setting.value }),
  srsKeysInVault ? [{ name: 'Mail__Srs__Keys', secretRef: 'srs-keys' }] : [],
  saltKeyInVault ? [{ name: 'Mail__Logins__SaltKey', secretRef: 'salt-key' }] : []
)

var probe = { periodSeconds: 10, timeoutSeconds: 6, failureThreshold: 3 }
var healthPort = 2081 // as in the Dockerfile

resource environment 'Microsoft.App/managedEnvironments@2025-07-01' = {
  name: 'cae-${suffix}'
  location: location
  tags: tags
  properties: {
    vnetConfiguration: { infrastructureSubnetId: subnetId, internal: false }
    workloadProfiles: [{ name: 'Consumption', workloadProfileType: 'Consumption' }]
    appLogsConfiguration: {
      destination: 'azure-monitor' // and from there by a diagnostic setting: the other way needs the workspace's key
    }
  }
}

resource logs 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: environment
  name: 'logs'
  properties: {
    workspaceId: workspaceId
    logs: [{ categoryGroup: 'allLogs', enabled: true }]
  }
}

resource gateway 'Microsoft.App/containerApps@2025-07-01' = {
  name: 'ca-gateway-${suffix}'
  location: location
  tags: union(tags, { 'azd-service-name': 'gateway' })
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    environmentId: environment.id
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      registries: [{ server: registryEndpoint, identity: identity.id }]
      secrets: secrets
      ingress: {
        external: true
        transport: 'tcp'
        targetPort: 2525
        exposedPort: 25
        additionalPortMappings: [
          { external: true, targetPort: 2587, exposedPort: 587 }
          { external: true, targetPort: 2465, exposedPort: 465 }
          { external: true, targetPort: 2110, exposedPort: 110 }
          { external: true, targetPort: 2995, exposedPort: 995 }
        ]
      }
    }
    template: {
      terminationGracePeriodSeconds: 60
      scale: { minReplicas: 1, maxReplicas: 3, rules: [{ name: 'connections', tcp: { metadata: { concurrentConnections: '500' } } }] }
      volumes: certificateInVault ? [{ name: 'tls', storageType: 'Secret', secrets: [{ secretRef: 'certificate', path: 'certificate.pem' }] }] : []
      containers: [
        {
          name: 'gateway'
          image: empty(image) ? placeholder : image
          env: environmentVariables
          resources: { cpu: json('0.25'), memory: '0.5Gi' }
          volumeMounts: certificateInVault ? [{ volumeName: 'tls', mountPath: '/tls' }] : []
          probes: empty(image) ? [] : [
            union(probe, { type: 'Readiness', httpGet: { path: '/health/ready', port: healthPort } })
            union(probe, { type: 'Liveness', httpGet: { path: '/health/live', port: healthPort } })
          ]
        }
      ]
    }
  }
}

output address string = environment.properties.staticIp
