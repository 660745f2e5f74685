// Who was shown which file, and what of it: written down when it is displayed, and read when a report says "viewed".

import { requirePerson } from '#access'
import { type Actor, record } from '#audit'
import { type Clock, Fault, newId } from '#base'
import type { Connection, Tables, Transaction } from '#db'
import type { Vault } from '#vault'
import { bytesKey } from './files.ts'

/**
 * full: the whole file, as it is: an image not blurred, every frame of an animation, a film to its end. blurred: not to be
 * recognised. partial: some of it, as a few frames. exif: what its metadata says.
 */
export type Displayed = Tables['file_views']['displayed']

export type ViewEvent = {
  readonly fileId: string
  /** Keyed digest of the bytes that were displayed, as `CaseFile.bytesKeyed`. */
  readonly bytesKeyed: string
  readonly by: Actor
  readonly displayed: Displayed
  readonly at: number
}

/**
 * Called by whatever displays a file, once it has been displayed. sha256: of the very bytes that were displayed, lower-case hex.
 * Faults: `not_a_person`, `person_unknown`, `person_disabled`, `no_such_file`.
 */
export async function recordView(
  tx: Transaction,
  clock: Clock,
  vault: Vault,
  view: {
    readonly caseId: string
    readonly fileId: string
    readonly sha256: string
    readonly by: Actor
    readonly displayed: Displayed
  },
): Promise<void> {
  const { caseId, fileId, by, displayed } = view
  if (!isNamed(by)) throw new Fault('not_a_person', 'only a person views a file', { retry: 'never' })
  await requirePerson(tx, by.slice('person:'.length))
  const file = await tx
    .selectFrom('case_files')
    .select('id')
    .where('id', '=', fileId)
    .where('case_id', '=', caseId)
    .executeTakeFirst()
  if (file === undefined) throw new Fault('no_such_file', 'this case has no such file', { retry: 'never' })
  await tx
    .insertInto('file_views')
    .values({
      id: newId('view', clock),
      case_id: caseId,
      file_id: fileId,
      sha256_hmac: bytesKey(vault, view.sha256),
      person: by,
      displayed,
      at: clock.now(),
    })
    .execute()
  await record(tx, clock, { actor: by, act: 'view_file', subject: caseId, detail: { file: fileId, displayed } })
}

/**
 * What may be said of a file. viewed: a named person displayed this very file, by its id and its bytes, in full; nothing else makes
 * it true, not a hash match, not a blurred or partial display, not another copy. exifViewed: the same of its metadata, and
 * never without `viewed`. Duties, section 11; CyberTipline API, section 7.
 */
export function viewedFlags(
  file: { readonly id: string; readonly bytesKeyed: string },
  events: readonly ViewEvent[],
): { readonly viewed: boolean; readonly exifViewed: boolean } {
  const shown = (what: Displayed) => viewsOf(file, events).some(({ displayed }) => displayed === what)
  const viewed = shown('full')
  return { viewed, exifViewed: viewed && shown('exif') }
}

/** Those of this very file that a named person caused. */
export function viewsOf(
  { id, bytesKeyed }: { readonly id: string; readonly bytesKeyed: string },
  events: readonly ViewEvent[],
): readonly ViewEvent[] {
  return events.filter((one) => one.fileId === id && one.bytesKeyed === bytesKeyed && isNamed(one.by))
}

const isNamed = (by: Actor) => /^person:./.test(by)

/** Of a case, oldest first. */
export async function readViews(db: Connection, caseId: string): Promise<readonly ViewEvent[]> {
  const rows = await db.selectFrom('file_views').selectAll().where('case_id', '=', caseId).orderBy('id').execute()
  return rows.map(({ file_id, sha256_hmac, person, displayed, at }) => ({
    fileId: file_id,
    bytesKeyed: sha256_hmac,
    by: actorOf(person),
    displayed,
    at,
  }))
}

function actorOf(person: string): Actor {
  if (!person.startsWith('person:')) throw new Error('the table holds a view that no person caused')
  return `person:${person.slice('person:'.length)}`
}
