/**
 * For the sandbox's own tests: the tables of CyberTipline API, sections 5 to 7, written down a second time, by hand and in
 * the tables' own order, so that schema.xsd and rules/ are judged by something they were not made from.
 * A type's line: its name, then `choice` or `all` unless it is a sequence, or `= kind` if it holds text. Below it
 * `name card kind`, card being 1, ?, * or +, and `@name card kind` for attributes. kind: a type, or see kinds.ts.
 */
const written = `
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
lawEnforcement
  agencyName 1 s255
  caseNumber ? s100
  officerContact ? contactPerson
  reportedToLe ? bool
  servedLegalProcessDomestic ? bool
  servedLegalProcessInternational ? servedLegalProcessInternational
servedLegalProcessInternational = bool
  @fleaCountry ? country
reporter
  reportingPerson 1 reportingPerson
  contactPerson ? contactPerson
  companyTemplate ? text
  termsOfService ? text
  legalURL ? url
reportingPerson
  firstName ? s100
  lastName ? s100
  phone * phone
  email + email
  address * address
  age ? int0-150
  dateOfBirth ? date
person
  firstName ? s100
  lastName ? s100
  phone * phone
  email * email
  address * address
  age ? int0-150
  dateOfBirth ? date
contactPerson
  firstName ? s100
  lastName ? s100
  phone * phone
  email * email
  address * address
personOrUserReported
  personOrUserReportedPerson ? person
  vehicleDescription ? s300
  espIdentifier ? s255
  espService ? s100
  compromisedAccount ? bool
  screenName ? s256
  displayName * s255
  profileUrl * url
  profileBio ? text
  ipCaptureEvent * ipCaptureEvent
  deviceId * deviceId
  thirdPartyUserReported ? bool
  priorCTReports * prior
  groupIdentifier ? s255
  accountTemporarilyDisabled ? accountTemporarilyDisabled
  accountPermanentlyDisabled ? accountPermanentlyDisabled
  estimatedLocation ? estimatedLocation
  allEmailsReported ? bool
  associatedAccount * associatedAccount
  additionalInfo ? text
intendedRecipient
  intendedRecipientPerson ? person
  espIdentifier ? s255
  espService ? s100
  compromisedAccount ? bool
  screenName ? s256
  displayName * s255
  profileUrl * url
  profileBio ? text
  ipCaptureEvent * ipCaptureEvent
  deviceId * deviceId
  priorCTReports * prior
  groupIdentifier ? s255
  accountTemporarilyDisabled ? accountTemporarilyDisabled
  accountPermanentlyDisabled ? accountPermanentlyDisabled
  estimatedLocation ? estimatedLocation
  allEmailsReported ? bool
  additionalInfo * text
victim
  victimPerson 1 person
  espIdentifier ? s255
  espService ? s100
  compromisedAccount ? bool
  screenName ? s256
  displayName * s255
  profileUrl * url
  profileBio ? text
  ipCaptureEvent * ipCaptureEvent
  deviceId * deviceId
  schoolName ? s255
  priorCTReports * prior
  accountTemporarilyDisabled ? accountTemporarilyDisabled
  accountPermanentlyDisabled ? accountPermanentlyDisabled
  estimatedLocation ? estimatedLocation
  allEmailsReported ? bool
  associatedAccount * associatedAccount
  additionalInfo ? text
associatedAccount
  @type 1 enum:Billing|Linked|Business|Creator|Parent/Guardian|Other
  platform ? accountPlatform
  firstName ? s256
  middleName ? s256
  lastName ? s256
  approximateAge ? int0-150
  dateOfBirth ? date
  phone * phone
  email * email
  allEmailsReported ? bool
  address * address
  espService ? s256
  espIdentifier ? s256
  profileUrl * url
  screenName ? s256
  displayName * s255
  profileBio ? text
  groupIdentifier ? s256
  compromisedAccount ? bool
  accountTemporarilyDisabled ? accountTemporarilyDisabled
  accountPermanentlyDisabled ? accountPermanentlyDisabled
  ipCaptureEvent * ipCaptureEvent
  deviceId * deviceId
  priorCTReport * prior
  additionalInfo ? text
accountPlatform = s256
  @thirdPartyUser ? bool
ipCaptureEvent
  ipAddress 1 ip
  eventName ? enum:Login|Registration|Purchase|Upload|Other|Unknown
  dateTime ? time
  possibleProxy ? bool
  port ? int1-65535
deviceId
  idType 1 filled255
  idValue 1 filled2083
  eventName ? enum:Login|Registration|Purchase|Upload|Other|Unknown
  dateTime ? time
address
  @type ? enum:Home|Business|Billing|Shipping|Technical
  address ? s255
  city ? s100
  zipCode ? s20
  state ? state
  nonUsaState ? s100
  country ? country
phone = phoneNumber
  @type ? enum:Mobile|Home|Business|Work|Fax|Internet|Recovery
  @verified ? bool
  @verificationDate ? time
  @countryCallingCode ? callingCode
  @extension ? extension
email = emailAddress
  @type ? enum:Home|Work|Business|Recovery
  @verified ? bool
  @verificationDate ? time
estimatedLocation
  @verified ? bool
  @timestamp ? time
  city ? s255
  region ? s255
  countryCode 1 country
accountTemporarilyDisabled = bool
  @disabledDate ? time
  @userNotified ? bool
  @userNotifiedDate ? time
  @reenabledDate ? later
accountPermanentlyDisabled = bool
  @disabledDate ? time
  @userNotified ? bool
  @userNotifiedDate ? time
fileDetails
  reportId 1 reportId
  fileId 1 fileId
  fileName ? text
  originalFileName ? s2056
  uploadedToEspTimestamp ? time
  locationOfFile ? url
  fileViewedByEsp ? bool
  exifViewedByEsp ? exifViewed
  publiclyAvailable ? bool
  fileRelevance ? enum:Reported|Supplemental Reported
  fileAnnotations ? fileAnnotations
  industryClassification ? enum:A1|A2|B1|B2
  originalFileHash * originalFileHash
  ipCaptureEvent ? ipCaptureEvent
  deviceId * deviceId
  details * details
  additionalInfo * text
fileAnnotations all
  animeDrawingVirtualHentai ? flag
  potentialMeme ? flag
  viral ? flag
  possibleSelfProduction ? flag
  physicalHarm ? flag
  violenceGore ? flag
  bestiality ? flag
  liveStreaming ? flag
  infant ? flag
  generativeAi ? flag
originalFileHash = text
  @hashType 1 s64
details
  @type ? enum:EXIF|HASH
  nameValuePair + nameValuePair
nameValuePair
  name 1 s64
  value 1 text
`

export interface Row {
  readonly name: string
  readonly card: string
  readonly kind: string
}

export interface Table {
  readonly order: 'sequence' | 'choice' | 'all'
  /** The kind of its text, if it holds text and no elements. */
  readonly content: string | undefined
  readonly children: readonly Row[]
  readonly attributes: readonly Row[]
}

type Growing = Table & { readonly children: Row[]; readonly attributes: Row[] }

const read = (): ReadonlyMap<string, Table> => {
  const tables = new Map<string, Growing>()
  let last: Growing | undefined
  for (const line of written.split('\n').filter((one) => one !== '')) {
    const [, name = '', word, ...rest] = /^(?:\s*)(\S+)(?: (\S+))?(?: (.*))?$/.exec(line) ?? []
    const kind = rest[0] ?? ''
    if (!line.startsWith(' ')) {
      const order = word === 'choice' || word === 'all' ? word : 'sequence'
      last = { order, content: word === '=' ? kind : undefined, children: [], attributes: [] }
      tables.set(name, last)
    } else if (name.startsWith('@')) last?.attributes.push({ name: name.slice(1), card: word ?? '', kind })
    else last?.children.push({ name, card: word ?? '', kind })
  }
  return tables
}

export const tables = read()
