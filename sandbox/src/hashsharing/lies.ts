/** Links that lead where no careful client goes, or nowhere at all. */
import type { PageFault } from '../lists/faults.ts'
import type { Places } from '../lists/serving.ts'
import type { Link, Links } from './links.ts'

export interface Lies {
  /** asked: the path and query that led to this page; link: what led to it. */
  next(fault: PageFault & { kind: 'lying_next' }, asked: string, link: Link): string
}

export const liesOf = (links: Links, basePath: string, places: () => Places): Lies => {
  let endless = 0
  return {
    next: ({ lie = 'other_port', next }, asked, link) => {
      const { port, strangerOrigin } = places()
      const target = `${basePath}/v2/entries?start=1001`
      if (next !== undefined) return next
      switch (lie) {
        case 'other_port':
          return `${strangerOrigin}${target}`
        case 'other_host':
          // The same server under another of its names.
          return `http://localhost:${port}${target}`
        case 'other_scheme':
          return `https://127.0.0.1:${port}${target}`
        case 'user_info':
          return `@${strangerOrigin.slice('http://'.length)}${target}`
        case 'no_scheme':
          return `${strangerOrigin.slice('http:'.length)}${target}`
        case 'outside':
          return '/../../inspect/calls'
        case 'loop':
          return asked
        case 'endless':
          return links.give({ ...link, delivered: link.delivered + 1000 * ++endless })
      }
    },
  }
}
