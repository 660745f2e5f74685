// What a scan has seen so far, and the words about it at the end.
import { counted } from './terminal.ts'

export interface Tally {
  images: number
  hits: number
  failures: number
  notImages: number
  folderLinks: number
  /** Of the lists: what they stand for was not looked for. */
  skippedRows: number
  /** Hits by likeness alone: the ones that can be false alarms. */
  likenesses: number
  /** Hits that became cases; undefined without --open-cases. */
  opened: number | undefined
}

export function openTally({ skippedRows, opensCases }: { skippedRows: number; opensCases: boolean }): Tally {
  return {
    images: 0,
    hits: 0,
    failures: 0,
    notImages: 0,
    folderLinks: 0,
    skippedRows,
    likenesses: 0,
    opened: opensCases ? 0 : undefined,
  }
}

/** 1: something was found; else 2: an image, a path or a list's row could not be read; else 0. */
export function statusOf({ hits, failures, skippedRows }: Tally): 0 | 1 | 2 {
  return hits > 0 ? 1 : failures + skippedRows > 0 ? 2 : 0
}

/** The end of a scan, for a person: what was seen, then what to do next. */
export function summary(tally: Tally, entries: number, canOpenCases: boolean): string[] {
  const { images, hits, failures, notImages, folderLinks, skippedRows } = tally
  const seen = [
    `${counted(images, 'image')} compared with ${counted(entries, 'list entry', 'list entries')}: ${counted(hits, 'hit')}`,
    ...(failures > 0
      ? [`${counted(failures, 'image or path', 'images or paths')} could not be read (named above)`]
      : []),
    ...(skippedRows > 0 ? [`${counted(skippedRows, 'list row')} could not be used (named above)`] : []),
    ...(notImages > 0
      ? [`${counted(notImages, 'file')} passed over, being ${notImages === 1 ? 'no image' : 'no images'}`]
      : []),
    ...(folderLinks > 0
      ? [`${counted(folderLinks, 'link')} to folders not followed; name such a folder to scan it`]
      : []),
  ]
  return ['', ...seen.map((line) => `${line}.`), '', ...nextSteps(tally, canOpenCases)]
}

function nextSteps({ hits, failures, skippedRows, likenesses, opened }: Tally, canOpenCases: boolean): string[] {
  if (hits === 0 && failures === 0 && skippedRows > 0)
    return ['Nothing was found by the other rows of the lists. Mend those named above and scan again.']
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
