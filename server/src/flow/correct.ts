// A correction is made from a case's file: its sealed facts hold the print, so that no person ever handles a hash.
import { Fault } from '#base'
import { readCase } from '#cases'
import { proposeCorrection } from '#lists'
import type { Desk } from './river.ts'

/**
 * Proposes that a file of a case was a false alarm; a second person approves it (`approveCorrection`). Without `fileId` the case
 * must hold one file. Answers its id. Faults `no_such_case`, `file_not_named`, and those of `proposeCorrection`.
 */
export async function proposeForCase(
  { database, clock, vault }: Desk,
  wanted: {
    readonly caseRef: number | string
    readonly fileId?: string | undefined
    readonly listId?: string | undefined
    /** A person's id. */
    readonly by: string
    readonly reason: string
    readonly reviewAt: number
  },
): Promise<string> {
  const { caseRef, fileId, ...asked } = wanted
  return database.transact(async (tx) => {
    const { id: caseId, files, isTest } = await readCase(tx, vault, caseRef)
    if (isTest)
      throw new Fault('nothing_to_correct', 'a test card made this case: there is no entry to correct', {
        retry: 'never',
      })
    const [file, ...others] = files.filter(({ id }) => fileId === undefined || id === fileId)
    if (file === undefined || others.length > 0)
      throw new Fault('file_not_named', 'name one file of the case: `wardline cases show` lists them', {
        retry: 'never',
      })
    const pictures = file.pictures.map(({ index, commandLine, fullResolution }, place) => ({
      index: index ?? place,
      hashes: [commandLine.hash, fullResolution.hash],
    }))
    const { id, digests, grounds } = file
    return proposeCorrection(tx, clock, vault, {
      ...asked,
      caseId,
      file: { id, sha256: digests.sha256, pictures, grounds },
    })
  })
}
