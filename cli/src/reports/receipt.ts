// `wardline reports receipt`: the answer to the finish, which is the receipt of 18 U.S.C. 2258A(h)(1), byte for byte.
import { resolve } from 'node:path'
import { record } from '@wardline/server/audit'
import { Fault } from '@wardline/server/base'
import { findReport, readReceipt } from '@wardline/server/reports'
import type { Command } from 'commander'
import { actorWhoMay, asPersonOption } from '../as-person.ts'
import { ending, fine } from '../exit.ts'
import { moment } from '../moment.ts'
import { writeNew } from '../new-file.ts'
import { type GroundOptions, groundCommand, onGround } from '../on-ground.ts'

export function receipt(): Command {
  return groundCommand('receipt', 'write the finish answer, byte for byte, to a new file')
    .argument('<report>', 'its id, or the number of its case')
    .argument('<file>', 'a new file, readable by you alone')
    .option(...asPersonOption)
    .action(
      ending(async (ref: string, file: string, options: GroundOptions & { as?: string }) => {
        await onGround(options, async (ground) => {
          const { database, vault, clock } = ground
          const actor = await actorWhoMay(ground, options.as, 'list_reports')
          const id = await findReport(database.read, ref)
          const kept = await readReceipt(database.read, vault, id)
          if (kept === undefined)
            throw new Fault(
              'no_receipt',
              'this report has no receipt: it is not finished, or its answer was lost on the way',
              {
                retry: 'never',
              },
            )
          await writeNew(resolve(file), kept.bytes, () =>
            database.transact((tx) => record(tx, clock, { actor, act: 'export_receipt', subject: id })),
          )
          console.log(`Wrote ${resolve(file)}: the CyberTipline's answer of ${moment(kept.finishedAt)}.`)
        })
        return fine
      }),
    )
}
