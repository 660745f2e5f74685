// Where it happened: one internetDetails for the web, one for each chat or model service. CyberTipline API, section 5.2.
import type { Report } from '@wardline/cybertip'
import { distinct, lines, type Occurrence, url } from './telling.ts'

type Places = NonNullable<Report['internetDetails']>

/** Empty when nothing is known about the place. */
export function draftPlaces(occurrences: readonly Occurrence[]): Places {
  const chats = occurrences.filter((one) => isChat(one))
  const urls = distinct(occurrences.filter((one) => !isChat(one)).flatMap((one) => one.context.url ?? []))
  const services = distinct(chats.map((one) => one.context.service))
  return [
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
  return (places ?? []).filter((one) => !('webPageIncident' in one) || one.webPageIncident.url?.length)
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
  const additionalInfo = lines(...distinct(occurrences.flatMap((one) => marks(one))))
  if (service === undefined && additionalInfo === undefined) return []
  return [{ chatImIncident: { chatClient: service, additionalInfo } }]
}

function marks({ context }: Occurrence): string[] {
  const { surface, conversationId, requestId } = context
  const kind = surface === 'ai_input' ? 'Sent to a model.' : surface === 'ai_output' ? 'Made by a model.' : undefined
  return [
    ...(kind === undefined ? [] : [kind]),
    ...(conversationId === undefined ? [] : [`Conversation: ${conversationId}`]),
    ...(requestId === undefined ? [] : [`Request: ${requestId}`]),
    ...(context.url === undefined ? [] : [`URL: ${context.url}`]),
  ]
}
