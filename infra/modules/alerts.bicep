// What wakes a person: mail that waits or is parked, a sweep that is silent, a certificate that is about to end.
param location string
param tags object
param suffix string
param insightsId string
param vaultId string
@description('Who is told; empty for nobody, and then the alerts are only seen in the portal.')
param alertAddress string

// The numbers in brackets are event ids of the programs' logs, which do not change. A rule whose name ends in -silent
// fires when there is nothing, the others when there is something.
var rules = [
  {
    name: 'parked'
    severity: 1
    text: 'A message is parked and waits for you: mailctl parked list.'
    query: 'traces | where message has_any ("[1900]", "[1901]", "[1910]") | summarize found = count()'
  }
  {
    name: 'poison'
    severity: 2
    text: 'A message failed too often and is tried again in 15 minutes.'
    query: 'traces | where message has "[1050]" | summarize found = count()'
  }
  {
    name: 'certificate'
    severity: 2
    text: 'The certificate was due and could not be renewed; it is tried again each day. mailctl certificate renew tells more.'
    query: 'traces | where message has "[1922]" | summarize found = count()'
  }
  {
    name: 'idle-mail'
    severity: 2
    text: 'A committed message was idle for more than 10 minutes, so its queue is not served or its queue message was lost.'
    query: 'traces | where message has "[1030]" | summarize found = count()'
  }
  {
    name: 'late-mail'
    severity: 2
    text: 'Deferred mail was due more than 15 minutes ago: the retries do not keep up.'
    query: 'traces | where message has "[1023]" | summarize found = count()'
  }
  {
    name: 'sweep-silent'
    severity: 1
    text: 'No sweep ended well for half an hour: lost queue messages are not found while this lasts.'
    query: 'requests | where name == "SweepSpool" and success == true | summarize found = count()'
  }
  {
    name: 'retry-silent'
    severity: 1
    text: 'Nothing was looked for that is due, for half an hour: deferred mail is not tried again while this lasts.'
    query: 'requests | where name == "RetryDeferred" and success == true | summarize found = count()'
  }
]

resource people 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: 'ag-${suffix}'
  location: 'global'
  tags: tags
  properties: {
    groupShortName: 'mail'
    enabled: true
    emailReceivers: empty(alertAddress) ? [] : [{ name: 'operator', emailAddress: alertAddress, useCommonAlertSchema: true }]
  }
}

resource alerts 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = [for rule in rules: {
  name: '${rule.name}-${suffix}'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: rule.name
    description: rule.text
    severity: rule.severity
    enabled: true
    scopes: [insightsId]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT30M'
    criteria: {
      allOf: [
        {
          query: rule.query
          metricMeasureColumn: 'found'
          timeAggregation: 'Total'
          operator: endsWith(rule.name, '-silent') ? 'LessThanOrEqual' : 'GreaterThan'
          threshold: 0
          failingPeriods: { numberOfEvaluationPeriods: 1, minFailingPeriodsToAlert: 1 }
        }
      ]
    }
    actions: { actionGroups: [people.id] }
  }
}]

resource vaultEvents 'Microsoft.EventGrid/systemTopics@2025-02-15' = {
  name: 'events-${suffix}'
  location: location
  tags: tags
  properties: { source: vaultId, topicType: 'Microsoft.KeyVault.vaults' }
}

// The vault tells this 30 days ahead of the date that was set with the secret, and only if one was.
resource expiry 'Microsoft.EventGrid/systemTopics/eventSubscriptions@2025-02-15' = {
  parent: vaultEvents
  name: 'expiry'
  properties: {
    eventDeliverySchema: 'CloudEventSchemaV1_0'
    filter: { includedEventTypes: ['Microsoft.KeyVault.SecretNearExpiry', 'Microsoft.KeyVault.SecretExpired'] }
    destination: {
      endpointType: 'MonitorAlert'
      properties: { severity: 'Sev1', description: 'A secret, perhaps the certificate, is about to end or has ended.', actionGroups: [people.id] }
    }
  }
}
