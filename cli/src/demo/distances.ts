// How near each held image was, as a reviewer may see it over HTTP. An uploader never learns it.
import { caseDetail, casePage } from '@wardline/api'

/** By scan id: `exact` for an equal digest, else the least PDQ distance in bits. */
export async function distances(server: {
  readonly url: string
  readonly key: string
}): Promise<ReadonlyMap<string, string>> {
  const ask = async (path: string): Promise<unknown> => {
    const response = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${server.key}` } })
    if (!response.ok) throw new Error(`the server answered ${response.status} to ${path}`)
    return response.json()
  }
  const { cases } = casePage.parse(await ask('/v1/cases'))
  const details = await Promise.all(cases.map(async ({ number }) => caseDetail.parse(await ask(`/v1/cases/${number}`))))
  const files = details.flatMap((one) => one.files)
  return new Map(files.flatMap((file) => file.occurrences.map(({ scanId }) => [scanId, distanceOf(file.matches)])))
}

function distanceOf(matches: readonly { readonly algorithm: string; readonly distanceBits: number }[]): string {
  if (matches.some(({ algorithm }) => algorithm !== 'pdq')) return 'exact'
  return `${Math.min(...matches.map(({ distanceBits }) => distanceBits))} bits`
}
