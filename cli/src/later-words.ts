// What the platform said of a scan after it came (POST /v1/scans/ID/context): which keys it filled in, and what differs. For a terminal.
import { moment } from './moment.ts'

interface Coming {
  readonly scanId: string
  readonly filledIn: readonly { readonly at: number; readonly path: string }[]
  readonly differing: readonly { readonly at: number; readonly path: string; readonly said: string }[]
}

/** What a key says stands in `--json`; what differs is told, since nobody finds it by its key alone. */
export function tellLaterWords({ scanId, filledIn, differing }: Coming): string[] {
  const days = [...new Set(filledIn.map(({ at }) => at))]
  return [
    ...days.map((day) => {
      const keys = filledIn.filter(({ at }) => at === day).map(({ path }) => path)
      return `  said later of ${scanId}, on ${moment(day)}: ${keys.join(', ')}`
    }),
    ...differing.map(
      ({ at, path, said }) => `  DIFFERS from what was said before: ${path}, on ${moment(at)}: ${short(said)}`,
    ),
  ]
}

const mostCharacters = 200

const short = (said: string) => (said.length > mostCharacters ? `${said.slice(0, mostCharacters)}… (--json)` : said)
