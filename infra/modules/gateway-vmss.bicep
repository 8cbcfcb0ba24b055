// The gateway on a scale set: small machines that run the same image by systemd and podman, and see the clients' addresses.
param location string
param tags object
param suffix string
param identity object
param subnetId string
param poolId string
param registryEndpoint string
@description('The deployed image; empty before the first deployment.')
param image string
param vaultUri string
param certificateInVault bool
param srsKeysInVault bool
param saltKeyInVault bool
@description('The settings that both profiles have.')
param settings object
@description('For a way in through the platform; no port of it is open.')
param sshPublicKey string
param instanceCount int

var lines = map(items(union(settings, { Mail__ClientAddressHidden: 'false' })), setting => '${setting.key}=${setting.value}')

// The image is named here, so that another image is another model of the scale set. Base64, because the file is YAML and the values are not.
var cloudInit = reduce(
  items({
    __SETTINGS__: base64(join(lines, '\n'))
    __IMAGE__: image
    __REGISTRY__: registryEndpoint
    __VAULT__: vaultUri
    __CLIENT__: identity.clientId
    __CERTIFICATE__: certificateInVault ? 'certificate' : ''
    __SRS__: srsKeysInVault ? 'srs-keys' : ''
    __SALT__: saltKeyInVault ? 'salt-key' : ''
  }),
  { value: loadTextContent('../gateway-cloud-init.yaml') },
  (text, mark) => { value: replace(text.value, mark.key, mark.value) }
).value

resource gateways 'Microsoft.Compute/virtualMachineScaleSets@2024-11-01' = {
  name: 'vmss-gateway-${suffix}'
  location: location
  tags: tags
  zones: ['1', '2', '3']
  sku: { name: 'Standard_B1s', tier: 'Standard', capacity: empty(image) ? 0 : instanceCount } // none that could only wait for its image
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identity.id}': {} }
  }
  properties: {
    orchestrationMode: 'Flexible'
    platformFaultDomainCount: 1
    // Another image or setting: new machines first, then the old ones go, and their clients' connections with them.
    upgradePolicy: {
      mode: 'Rolling'
      rollingUpgradePolicy: { maxSurge: true, maxBatchInstancePercent: 50, maxUnhealthyInstancePercent: 100, maxUnhealthyUpgradedInstancePercent: 50, pauseTimeBetweenBatches: 'PT1M' }
    }
    virtualMachineProfile: {
      osProfile: {
        computerNamePrefix: 'gateway'
        adminUsername: 'mailoperator' // not "operator": the system has a group of that name
        customData: base64(cloudInit)
        linuxConfiguration: {
          disablePasswordAuthentication: true
          ssh: { publicKeys: [{ path: '/home/mailoperator/.ssh/authorized_keys', keyData: sshPublicKey }] }
          patchSettings: { patchMode: 'AutomaticByPlatform' }
          provisionVMAgent: true
        }
      }
      securityProfile: { securityType: 'TrustedLaunch', uefiSettings: { secureBootEnabled: true, vTpmEnabled: true } }
      storageProfile: {
        imageReference: { publisher: 'Canonical', offer: 'ubuntu-24_04-lts', sku: 'server', version: 'latest' }
        osDisk: { createOption: 'FromImage', managedDisk: { storageAccountType: 'StandardSSD_LRS' } }
      }
      networkProfile: {
        networkApiVersion: '2022-11-01'
        networkInterfaceConfigurations: [
          {
            name: 'gateway'
            properties: {
              primary: true
              ipConfigurations: [{ name: 'gateway', properties: { primary: true, subnet: { id: subnetId }, loadBalancerBackendAddressPools: [{ id: poolId }] } }]
            }
          }
        ]
      }
      // Who asks the program, and not only the machine, whether it is well, is told when it is not, and gets another.
      extensionProfile: {
        extensions: [
          {
            name: 'health'
            properties: {
              publisher: 'Microsoft.ManagedServices'
              type: 'ApplicationHealthLinux'
              typeHandlerVersion: '1.0'
              autoUpgradeMinorVersion: true
              settings: { protocol: 'http', port: 2081, requestPath: '/health/live' }
            }
          }
        ]
      }
    }
  }
}

output name string = gateways.name
