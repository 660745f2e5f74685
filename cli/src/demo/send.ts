// Sends one account's images over real HTTP, as a platform would, and hears the verdicts.
import { scanAnswer, scanAnswers } from '@wardline/api'
import type { Upload } from './album.ts'

export interface Verdict {
  readonly scanId: string
  readonly verdict: string
}

/** Verdicts in the order of the images. Throws when the server answers with anything else. */
export async function send(server: { readonly url: string; readonly key: string }, upload: Upload): Promise<Verdict[]> {
  const form = new FormData()
  form.append('context', JSON.stringify({ ...upload.context, service: 'Example Forum', origin: { ip: '203.0.113.7' } }))
  for (const { bytes, mediaType, fileName } of upload.images)
    form.append('file', new Blob([new Uint8Array(bytes)], { type: mediaType }), fileName)
  const response = await fetch(`${server.url}/v1/scans`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.key}` },
    body: form,
  })
  if (!response.ok) throw new Error(`the server answered ${response.status} to an upload`)
  const answer: unknown = await response.json()
  const { results } = upload.images.length === 1 ? { results: [scanAnswer.parse(answer)] } : scanAnswers.parse(answer)
  return results.map(({ id, verdict }) => ({ scanId: id, verdict }))
}
