// What the platform said only after a file had come: told as such, with its date, and what differs from its first word beside that.
import type { Coming } from '#cases'
import { iso } from './telling.ts'

/** One text for each coming of a file of which more was said later, none when there is none. */
export function laterWords(occurrences: readonly Coming[], nowMs: number): readonly string[] {
  return occurrences.flatMap(({ receivedAt, later = [], differing = [] }) => {
    if (later.length === 0) return []
    const when = (at: number) => iso(Math.min(at, nowMs))
    const times = later.map(({ at }) => when(at)).join(', ')
    return [
      [
        `Of what was received for matching at ${when(receivedAt)} the platform said more later (${times}); what was missing before was taken from there.`,
        ...differing.map(
          ({ at, path, said }) =>
            `Said at ${when(at)}, and not what was said before, which stands above: ${path}: ${said}`,
        ),
      ].join('\n'),
    ]
  })
}
