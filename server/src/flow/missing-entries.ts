// Open cases of a version that did not write down which entries they rest on: it is taken from their sealed grounds, once.
import { casesWithoutEntries, readCase, recordEntries } from '#cases'
import { entryKey } from '#lists'
import type { River } from './river.ts'

const page = 100

/** A case that cannot be read is left as it is, and tried again at the next start. */
export async function writeMissingEntries({ database, vault, log }: River): Promise<void> {
  for (let after = 0; ; ) {
    const cases = await casesWithoutEntries(database.read, { after, limit: page })
    for (const { id } of cases) {
      try {
        await database.transact(async (tx) => {
          const { files } = await readCase(tx, vault, id)
          await recordEntries(
            tx,
            id,
            files.flatMap(({ grounds }) => grounds.map((one) => entryKey(vault, one))),
          )
        })
      } catch (error) {
        log.error({ case: id, error }, 'which entries this case rests on could not be written down')
      }
    }
    after = cases.at(-1)?.number ?? after
    if (cases.length < page) return
  }
}
