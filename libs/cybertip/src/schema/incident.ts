// What happened and where: incidentSummary and internetDetails. CyberTipline API, sections 5.1 and 5.2.
import { address, email, freeText, ipCaptureEvent, phone, url } from './common.ts'
import {
  all,
  allowed,
  attributed,
  boolean,
  choice,
  double,
  enumeration,
  flag,
  many,
  maybe,
  one,
  pastDateTime,
  sequence,
  string,
} from './kinds.ts'

/** There is no generativeAi here: it is a file annotation. */
const reportAnnotations = all({
  sextortion: maybe(flag),
  csamSolicitation: maybe(flag),
  minorToMinorInteraction: maybe(flag),
  spam: maybe(flag),
  sadisticOnlineExploitation: maybe(flag),
})

export const incidentSummary = sequence({
  incidentType: one(
    enumeration(
      'Child Pornography (possession, manufacture, and distribution)',
      'Child Sex Trafficking',
      'Child Sex Tourism',
      'Child Sexual Molestation',
      'Misleading Domain Name',
      'Misleading Words or Digital Images on the Internet',
      'Online Enticement of Children for Sexual Acts',
      'Unsolicited Obscene Material Sent to a Child',
    ),
  ),
  platform: maybe(string({ maxLength: 256 })),
  // The reason in words; its presence escalates. Not a boolean.
  escalateToHighPriority: maybe(string({ notBlank: true, maxLength: 3000 })),
  reportAnnotations: maybe(reportAnnotations),
  incidentDateTime: one(pastDateTime),
  incidentDateTimeDescription: maybe(string({ maxLength: 3000 })),
})

const name = maybe(string({ maxLength: 255 }))
const content = maybe(freeText)
const additionalInfo = maybe(freeText)

export const internetDetails = choice({
  webPageIncident: one(attributed({ thirdPartyHostedContent: allowed(boolean) }, { url: many(url), additionalInfo })),
  emailIncident: one(sequence({ emailAddress: many(email), content, additionalInfo })),
  newsgroupIncident: one(sequence({ name, emailAddress: many(email), content, additionalInfo })),
  chatImIncident: one(sequence({ chatClient: name, chatRoomName: name, content, additionalInfo })),
  onlineGamingIncident: one(sequence({ gameName: name, console: name, content, additionalInfo })),
  cellPhoneIncident: one(
    sequence({
      phoneNumber: maybe(phone),
      latitude: maybe(double(-90, 90)),
      longitude: maybe(double(-180, 180)),
      additionalInfo,
    }),
  ),
  nonInternetIncident: one(sequence({ locationName: name, incidentAddress: many(address), additionalInfo })),
  peer2peerIncident: one(
    sequence({ client: name, ipCaptureEvent: many(ipCaptureEvent), fileNames: maybe(freeText), additionalInfo }),
  ),
})
