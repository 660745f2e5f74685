/** For the sandbox's own tests: a report and file details that use every element once, by hand, in order. */

const ip = `<ipCaptureEvent><ipAddress>2001:db8::7</ipAddress><eventName>Upload</eventName>
<dateTime>2026-05-01T09:59:58.123456+02:00</dateTime><possibleProxy>0</possibleProxy><port>65535</port></ipCaptureEvent>`
const device = `<deviceId><idType>IMEI</idType><idValue>x</idValue><eventName>Login</eventName>
<dateTime>2026-05-01T09:00:00Z</dateTime></deviceId>`
const phone = `<phone type="Mobile" verified="true" verificationDate="2026-01-01T00:00:00Z" countryCallingCode="+1"
extension="12">202 555 0100</phone>`
const email = '<email type="Home" verified="1" verificationDate="2026-01-01T00:00:00Z">someone@mail.example</email>'
const address = (name: string) => `<${name} type="Home"><address>1 Drawn Street</address><city>Sketch</city>
<zipCode>00000</zipCode><state>CA</state><nonUsaState></nonUsaState><country>US</country></${name}>`
const contact = `<firstName>Ann</firstName><lastName>Example</lastName>${phone}${email}${address('address')}`
const person = `${contact}<age>30</age><dateOfBirth>1996-02-29</dateOfBirth>`
const disabled = `<accountTemporarilyDisabled disabledDate="2026-05-01T10:00:00Z" userNotified="true"
userNotifiedDate="2026-05-01T10:00:00Z" reenabledDate="2099-01-01T00:00:00Z">true</accountTemporarilyDisabled>
<accountPermanentlyDisabled disabledDate="2026-05-01T10:00:00Z" userNotified="false"
userNotifiedDate="2026-05-02T10:00:00Z">false</accountPermanentlyDisabled>`
const location = `<estimatedLocation verified="true" timestamp="2026-05-01T10:00:00Z"><city>Sketch</city>
<region>CA</region><countryCode>US</countryCode></estimatedLocation>`
const account = `<espIdentifier>u-1</espIdentifier><espService>Pictures</espService><compromisedAccount>false</compromisedAccount>
<screenName>näme 🦊</screenName><displayName>A</displayName><displayName>B</displayName>
<profileUrl>https://wild.example/u/1</profileUrl><profileBio>bio</profileBio>${ip}${ip}${device}`
const associated = `<associatedAccount type="Parent/Guardian"><platform thirdPartyUser="true">Other place</platform>
<firstName>A</firstName><middleName>B</middleName><lastName>C</lastName><approximateAge>40</approximateAge>${phone}${email}
<allEmailsReported>true</allEmailsReported>${address('address')}<espService>s</espService><espIdentifier>i</espIdentifier>
<profileUrl>https://other.example/c</profileUrl><screenName>s</screenName><displayName>d</displayName><profileBio>b</profileBio>
<groupIdentifier>g</groupIdentifier><compromisedAccount>0</compromisedAccount>${disabled}${ip}${device}
<priorCTReport>12</priorCTReport><additionalInfo>x</additionalInfo></associatedAccount>`
const end = '<additionalInfo>more</additionalInfo>'

export const maximalReport = `<?xml version="1.0" encoding="UTF-8"?>
<report xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xsi:noNamespaceSchemaLocation="https://report.cybertip.org/ispws/xsd">
<incidentSummary><incidentType>Child Sexual Molestation</incidentType><platform>Wild Pictures</platform>
<escalateToHighPriority>a drawn reason</escalateToHighPriority>
<reportAnnotations><spam/><sextortion>true</sextortion><csamSolicitation>1</csamSolicitation><minorToMinorInteraction> true </minorToMinorInteraction>
<sadisticOnlineExploitation></sadisticOnlineExploitation></reportAnnotations>
<incidentDateTime>2026-05-01T10:00:00.5-07:00</incidentDateTime>
<incidentDateTimeDescription>when it was uploaded</incidentDateTimeDescription></incidentSummary>
<internetDetails><webPageIncident thirdPartyHostedContent="false"><url>https://wild.example/p/1</url>${end}</webPageIncident></internetDetails>
<internetDetails><emailIncident><emailAddress>SOMEONE@mail.example</emailAddress><content>c</content>${end}</emailIncident></internetDetails>
<internetDetails><newsgroupIncident><name>n</name><emailAddress>someone@mail.example</emailAddress><content>c</content>${end}</newsgroupIncident></internetDetails>
<internetDetails><chatImIncident><chatClient>c</chatClient><chatRoomName>r</chatRoomName><content>c</content>${end}</chatImIncident></internetDetails>
<internetDetails><onlineGamingIncident><gameName>g</gameName><console>c</console><content>c</content>${end}</onlineGamingIncident></internetDetails>
<internetDetails><cellPhoneIncident><phoneNumber>202 555 0100</phoneNumber><latitude>-90</latitude><longitude>1.5E2</longitude>${end}</cellPhoneIncident></internetDetails>
<internetDetails><nonInternetIncident><locationName>l</locationName>${address('incidentAddress')}${end}</nonInternetIncident></internetDetails>
<internetDetails><peer2peerIncident><client>c</client>${ip}<fileNames>f</fileNames>${end}</peer2peerIncident></internetDetails>
<lawEnforcement><agencyName>Drawn Police</agencyName><caseNumber>1</caseNumber><officerContact>${contact}</officerContact>
<reportedToLe>true</reportedToLe><servedLegalProcessDomestic>false</servedLegalProcessDomestic>
<servedLegalProcessInternational fleaCountry="FR">true</servedLegalProcessInternational></lawEnforcement>
<reporter><reportingPerson>${person}</reportingPerson><contactPerson>${contact}</contactPerson>
<companyTemplate>t</companyTemplate><termsOfService>t</termsOfService><legalURL>https://wild.example/legal</legalURL></reporter>
<personOrUserReported><personOrUserReportedPerson>${person}</personOrUserReportedPerson><vehicleDescription>v</vehicleDescription>
${account}<thirdPartyUserReported>false</thirdPartyUserReported><priorCTReports>11</priorCTReports><priorCTReports>12</priorCTReports>
<groupIdentifier>g</groupIdentifier>${disabled}${location}<allEmailsReported>true</allEmailsReported>${associated}${associated}${end}</personOrUserReported>
<intendedRecipient><intendedRecipientPerson>${person}</intendedRecipientPerson>${account}<priorCTReports>11</priorCTReports>
<groupIdentifier>g</groupIdentifier>${disabled}${location}<allEmailsReported>true</allEmailsReported>${end}${end}</intendedRecipient>
<victim><victimPerson>${person}</victimPerson>${account}<schoolName>s</schoolName><priorCTReports>11</priorCTReports>
${disabled}${location}<allEmailsReported>true</allEmailsReported>${associated}${end}</victim>
<victim><victimPerson/></victim>
${end}</report>`

/** What follows reportId and fileId. */
export const maximalDetails = `<originalFileName>a.jpg</originalFileName>
<uploadedToEspTimestamp>2026-05-01T10:00:00Z</uploadedToEspTimestamp><locationOfFile>https://wild.example/p/1.jpg</locationOfFile>
<fileViewedByEsp>false</fileViewedByEsp><exifViewedByEsp>false</exifViewedByEsp><publiclyAvailable>true</publiclyAvailable>
<fileRelevance>Reported</fileRelevance><fileAnnotations><generativeAi/><animeDrawingVirtualHentai/><potentialMeme/><viral/><possibleSelfProduction/>
<physicalHarm/><violenceGore/><bestiality/><liveStreaming/><infant/></fileAnnotations><industryClassification>A1</industryClassification>
<originalFileHash hashType="MD5">x</originalFileHash><originalFileHash hashType="PDQ">y</originalFileHash>${ip}${device}${device}
<details type="EXIF"><nameValuePair><name>n</name><value>v</value></nameValuePair><nameValuePair><name>n</name><value></value></nameValuePair></details>
<details><nameValuePair><name>n</name><value>v</value></nameValuePair></details>${end}${end}`
