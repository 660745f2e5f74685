// `wardline reports documents`: what was sent and what was answered, word for word, for a person with the right; the trail says who.
import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { findReport, openDocuments } from '@wardline/server/reports'
import type { Command } from 'commander'
import { actorOf, asPersonOption, personWhoMay } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { writeNew } from '../new-file.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'

export function documents(): Command {
  return groundCommand('documents', 'write the XML that was sent and the answers, each to a file in a new folder')
    .argument('<report>', 'its id, or the number of its case')
    .argument('<folder>', 'a new folder, for you alone: what is in it names the person reported')
    .requiredOption(...asPersonOption)
    .action(
      ending(async (ref: string, folder: string, options: GroundOptions & { as: string }) => {
        await onGround(options, async (ground) => {
          const { database, vault, clock } = ground
          const by = actorOf(await personWhoMay(ground, options.as, 'open_report_documents'))
          const reportId = await findReport(database.read, ref)
          // Before the trail says that anything was opened.
          await mkdir(resolve(folder), { mode: 0o700 })
          const opened = await openDocuments(database, clock, vault, { reportId, by })
          for (const { name, bytes } of opened) await writeNew(join(resolve(folder), name), bytes, async () => {})
          console.log(
            opened.length === 0
              ? 'Nothing was sent for this report yet.'
              : `Wrote ${opened.length} documents to ${resolve(folder)}. They hold what is known of a person: remove them when you have read them.`,
          )
          for (const { name, sizeBytes, whole } of opened)
            if (!whole) console.log(`${name} had ${sizeBytes} bytes; its first megabyte was kept.`)
        })
        return fine
      }),
    )
}
