/** Of the report and the places where an incident can happen: rows of tables.ts. */
export const incidentRows = `
report
  batchedReport ? batchedReport
  incidentSummary 1 incidentSummary
  internetDetails * internetDetails
  lawEnforcement ? lawEnforcement
  reporter 1 reporter
  personOrUserReported ? personOrUserReported
  intendedRecipient * intendedRecipient
  victim * victim
  additionalInfo ? text
batchedReport
  @reason 1 enum:VIRAL_POTENTIAL_MEME
incidentSummary
  incidentType 1 enum:Child Pornography (possession, manufacture, and distribution)|Child Sex Trafficking|Child Sex Tourism|Child Sexual Molestation|Misleading Domain Name|Misleading Words or Digital Images on the Internet|Online Enticement of Children for Sexual Acts|Unsolicited Obscene Material Sent to a Child
  platform ? s256
  escalateToHighPriority ? filled3000
  reportAnnotations ? reportAnnotations
  incidentDateTime 1 time
  incidentDateTimeDescription ? s3000
reportAnnotations all
  sextortion ? flag
  csamSolicitation ? flag
  minorToMinorInteraction ? flag
  spam ? flag
  sadisticOnlineExploitation ? flag
internetDetails choice
  webPageIncident 1 webPageIncident
  emailIncident 1 emailIncident
  newsgroupIncident 1 newsgroupIncident
  chatImIncident 1 chatImIncident
  onlineGamingIncident 1 onlineGamingIncident
  cellPhoneIncident 1 cellPhoneIncident
  nonInternetIncident 1 nonInternetIncident
  peer2peerIncident 1 peer2peerIncident
webPageIncident
  @thirdPartyHostedContent ? bool
  url * url
  additionalInfo ? text
emailIncident
  emailAddress * email
  content ? text
  additionalInfo ? text
newsgroupIncident
  name ? s255
  emailAddress * email
  content ? text
  additionalInfo ? text
chatImIncident
  chatClient ? s255
  chatRoomName ? s255
  content ? text
  additionalInfo ? text
onlineGamingIncident
  gameName ? s255
  console ? s255
  content ? text
  additionalInfo ? text
cellPhoneIncident
  phoneNumber ? phone
  latitude ? latitude
  longitude ? longitude
  additionalInfo ? text
nonInternetIncident
  locationName ? s255
  incidentAddress * address
  additionalInfo ? text
peer2peerIncident
  client ? s255
  ipCaptureEvent * ipCaptureEvent
  fileNames ? text
  additionalInfo ? text
`
