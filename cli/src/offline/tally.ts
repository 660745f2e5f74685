// What a scan has seen so far, and the words about it at the end.
import { counted } from './terminal.ts'

export interface Tally {
  images: number
  hits: number
  failures: number
  notImages: number
  folderLinks: number
  /** Hits by likeness alone: the ones that can be false alarms. */
  likenesses: number
  /** Hits that became cases; undefined without --open-cases. */
  opened: number | undefined
}

export function openTally(opensCases: boolean): Tally {
  return {
    images: 0,
    hits: 0,
    failures: 0,
    notImages: 0,
    folderLinks: 0,
    likenesses: 0,
    opened: opensCases ? 0 : undefined,
  }
}

/** 1: something was found; else 2: an image or path could not be read; else 0. */
export function statusOf({ hits, failures }: Tally): 0 | 1 | 2 {
  return hits > 0 ? 1 : failures > 0 ? 2 : 0
}

/** The end of a scan, for a person: what was seen, then what to do next. */
export function summary(tally: Tally, entries: number, canOpenCases: boolean): string[] {
  const { images, hits, failures, notImages, folderLinks } = tally
  const seen = [
    `${counted(images, 'image')} compared with ${counted(entries, 'list entry', 'list entries')}: ${counted(hits, 'hit')}`,
    ...(failures > 0
      ? [`${counted(failures, 'image or path', 'images or paths')} could not be read (named above)`]
      : []),
    ...(notImages > 0 ? [`${counted(notImages, 'file')} passed over, being no images`] : []),
    ...(folderLinks > 0
      ? [`${counted(folderLinks, 'link')} to folders not followed; name such a folder to scan it`]
      : []),
  ]
  return ['', ...seen.map((line) => `${line}.`), '', ...nextSteps(tally, canOpenCases)]
}

function nextSteps({ hits, failures, likenesses, opened }: Tally, canOpenCases: boolean): string[] {
  if (hits === 0 && failures === 0) return ['Nothing was found, and there is nothing to do.']
  if (hits === 0) return ['Nothing was found. What could not be read was not looked at: see to it and scan it again.']
  const likely =
    likenesses > 0
      ? [`${counted(likenesses, 'hit')} by likeness alone can be a false alarm: a person must decide.`]
      : []
  const open =
    opened === undefined
      ? [
          'Nothing was kept, moved, opened or reported. Do not copy, forward or open these files, and do not delete them yet.',
          canOpenCases
            ? 'Next: the same command with --open-cases, which preserves them and opens a case for each.'
            : 'Next: send them to your Wardline server (POST /v1/scans), which preserves them and opens a case for each.',
        ]
      : [
          `${opened.toLocaleString('en')} of ${counted(hits, 'hit')} became cases: preserved, and listed by "wardline cases".`,
          ...(opened < hits
            ? ['The others did not (named above): the server has other lists, or could not take them.']
            : []),
        ]
  return [...likely, ...open]
}
