// In which language a page is: as its link says, as the notice was, as the browser asks.
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { chooseLanguage, pageText } from '#notices'
import type { Looks, Paper } from './appeal-frame.ts'

export const languageQuery = z.object({
  language: z.string().max(100).optional().describe('BCP 47; else the notice’s own, else what the browser asks for'),
})

/** locale: of the notice, where the link leads to one. */
export function paperFor(looks: Looks, request: FastifyRequest, locale: string | null = null): Paper {
  const asked = languageQuery.safeParse(request.query)
  const wishes = [asked.data?.language, locale, ...accepted(request.headers['accept-language'])]
  return { looks, text: pageText(looks.texts, chooseLanguage(looks.texts, wishes, looks.language)) }
}

/** The browser's wishes, the dearest first. RFC 9110, section 12.5.4. */
function accepted(header: string | undefined): readonly string[] {
  return (header ?? '')
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [tag = '', ...parameters] = part.split(';').map((one) => one.trim())
      const q = parameters.find((one) => one.startsWith('q='))?.slice(2)
      return { tag, weight: q === undefined ? 1 : Number(q) || 0 }
    })
    .filter(({ tag, weight }) => weight > 0 && tag !== '*')
    .sort((a, b) => b.weight - a.weight)
    .map(({ tag }) => tag)
}
