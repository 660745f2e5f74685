// Where it happened, in the CyberTipline's own kinds of place. Without one the surface, the service and the URL say it.
import { z } from 'zod'
import { address, emailAddress, ipEvent, list, phone, text } from './marks.ts'

const content = text(10_000).optional().describe('the words around it; a whole conversation is a supplement')
const note = text(2000).optional().describe('what else is to be said of the place')
const name = text(255).optional()

export const place = z
  .discriminatedUnion(
    'kind',
    [
      z.strictObject({
        kind: z.literal('web_page'),
        urls: list(z.url().max(2083), 20).optional(),
        thirdPartyHosted: z.boolean().optional().describe('it lies on another company’s server, and you know no more'),
        note,
      }),
      z.strictObject({ kind: z.literal('email'), addresses: list(emailAddress, 20).optional(), content, note }),
      z.strictObject({
        kind: z.literal('newsgroup'),
        name,
        addresses: list(emailAddress, 20).optional(),
        content,
        note,
      }),
      z.strictObject({ kind: z.literal('chat'), client: name, room: name, content, note }),
      z.strictObject({ kind: z.literal('game'), name, console: name, content, note }),
      z.strictObject({
        kind: z.literal('phone'),
        number: phone.optional(),
        latitude: z.number().min(-90).max(90).optional(),
        longitude: z.number().min(-180).max(180).optional(),
        note,
      }),
      z.strictObject({
        kind: z.literal('peer_to_peer'),
        client: name,
        ipEvents: list(ipEvent, 20).optional(),
        fileNames: text(2000).optional(),
        note,
      }),
      z.strictObject({
        kind: z.literal('not_internet'),
        name,
        addresses: list(address, 10).optional(),
        note,
      }),
    ],
    {
      error:
        'must be one of web_page, email, newsgroup, chat, game, phone, peer_to_peer, not_internet, with the keys of that kind',
    },
  )
  .describe('what kind of place it was found in, when that is known better than by the surface')

export type Place = z.infer<typeof place>
