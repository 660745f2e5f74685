// Where it happened: what the platform called the place, else by its surface. CyberTipline API, section 5.2.
import type { Place } from '@wardline/api'
import type { Report } from '@wardline/cybertip'
import { addressOf, ipEventOf, phoneOf } from './draft-marks.ts'
import { distinct, lines, type Occurrence, url } from './telling.ts'

type Places = NonNullable<Report['internetDetails']>

/** Empty when nothing is known about the place. */
export function draftPlaces(occurrences: readonly Occurrence[], nowMs: number): Places {
  const named = occurrences.filter((one) => one.context.place !== undefined)
  const bySurface = occurrences.filter((one) => one.context.place === undefined)
  const chats = bySurface.filter((one) => isChat(one))
  const urls = distinct(bySurface.filter((one) => !isChat(one)).flatMap((one) => one.context.url ?? []))
  const services = distinct(chats.map((one) => one.context.service))
  return [
    ...distinct(named.flatMap((one) => (one.context.place ? [placeOf(one.context.place, one, nowMs)] : []))),
    ...(urls.length === 0 ? [] : [{ webPageIncident: { url: urls.map(url) } }]),
    ...services.flatMap((service) =>
      chat(
        service,
        chats.filter((one) => one.context.service === service),
      ),
    ),
  ]
}

/** Without a web incident whose every URL was left out: it would say that there was one and nothing about it. */
export function withoutEmpty(places: Places | undefined): Places {
  return (places ?? []).filter(
    (one) =>
      !('webPageIncident' in one) ||
      one.webPageIncident.url?.length ||
      one.webPageIncident.additionalInfo !== undefined ||
      one.webPageIncident['@thirdPartyHostedContent'] !== undefined,
  )
}

/** A place of one element each, as the form has it. */
function placeOf(place: Place, occurrence: Occurrence, nowMs: number): Places[number] {
  const additionalInfo = lines(place.note, ...marks(occurrence, { withUrl: place.kind !== 'web_page' }))
  switch (place.kind) {
    case 'web_page': {
      const urls = distinct([
        ...(place.urls ?? []),
        ...(occurrence.context.url === undefined ? [] : [occurrence.context.url]),
      ])
      return {
        webPageIncident: { '@thirdPartyHostedContent': place.thirdPartyHosted, url: urls.map(url), additionalInfo },
      }
    }
    case 'email':
      return { emailIncident: { emailAddress: place.addresses ?? [], content: place.content, additionalInfo } }
    case 'newsgroup':
      return {
        newsgroupIncident: {
          name: place.name,
          emailAddress: place.addresses ?? [],
          content: place.content,
          additionalInfo,
        },
      }
    case 'chat':
      return {
        chatImIncident: {
          chatClient: place.client ?? occurrence.context.service,
          chatRoomName: place.room,
          content: place.content,
          additionalInfo,
        },
      }
    case 'game':
      return {
        onlineGamingIncident: { gameName: place.name, console: place.console, content: place.content, additionalInfo },
      }
    case 'phone':
      return {
        cellPhoneIncident: {
          phoneNumber: place.number && phoneOf(place.number, nowMs),
          latitude: place.latitude,
          longitude: place.longitude,
          additionalInfo,
        },
      }
    case 'peer_to_peer':
      return {
        peer2peerIncident: {
          client: place.client,
          ipCaptureEvent: (place.ipEvents ?? []).map((one) => ipEventOf(one, nowMs)),
          fileNames: place.fileNames,
          additionalInfo,
        },
      }
    case 'not_internet':
      return {
        nonInternetIncident: {
          locationName: place.name,
          incidentAddress: (place.addresses ?? []).map(addressOf),
          additionalInfo,
        },
      }
  }
}

function isChat({ context: { surface } }: Occurrence): boolean {
  switch (surface) {
    case 'private_message':
    case 'ai_input':
    case 'ai_output':
      return true
    case 'upload':
    case 'public_post':
    case 'profile':
    case 'other':
      return false
  }
}

function chat(service: string | undefined, occurrences: readonly Occurrence[]): Places {
  const additionalInfo = lines(...distinct(occurrences.flatMap((one) => marks(one, { withUrl: true }))))
  if (service === undefined && additionalInfo === undefined) return []
  return [{ chatImIncident: { chatClient: service, additionalInfo } }]
}

function marks({ context }: Occurrence, { withUrl }: { readonly withUrl: boolean }): string[] {
  const { surface, conversationId, requestId } = context
  const kind = surface === 'ai_input' ? 'Sent to a model.' : surface === 'ai_output' ? 'Made by a model.' : undefined
  return [
    ...(kind === undefined ? [] : [kind]),
    ...(conversationId === undefined ? [] : [`Conversation: ${conversationId}`]),
    ...(requestId === undefined ? [] : [`Request: ${requestId}`]),
    ...(context.url === undefined || !withUrl ? [] : [`URL: ${context.url}`]),
  ]
}
