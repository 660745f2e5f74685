// `wardline doctor`: looks at everything that an instance stands on, and says what to do about each thing that is amiss.
import type { Config } from '@wardline/server/config'
import type { Command } from 'commander'
import { checkReviewClock } from '../doctor/cases.ts'
import { type Check, fail, ok } from '../doctor/check.ts'
import { checkAlerts, checkEnvironment, checkFiling, checkWebhooks } from '../doctor/filing.ts'
import { checkLetterBox, checkTray } from '../doctor/letters.ts'
import { checkClock, checkDataFolder, checkNode } from '../doctor/machine.ts'
import { checkNoticeTexts } from '../doctor/notices.ts'
import { checkCybertipline, checkMail, checkNotices, checkPorts } from '../doctor/outside.ts'
import { checkRecords, openRecords } from '../doctor/records.ts'
import { environmentLine } from '../environment-line.ts'
import { endingAtOnce, fine, found } from '../exit.ts'
import { type GroundOptions, groundCommand, readConfig } from '../on-ground.ts'
import { plain, terminalWidth } from '../table.ts'
import { type Tint, tint } from '../tint.ts'
import { wordsOf } from '../words.ts'
import { wrap } from '../wrap.ts'

export function doctorCommand(): Command {
  return groundCommand('doctor', 'look at everything this stands on, and say what to do; exit 1 if a check failed')
    .option('--json', 'one JSON object a check')
    .action(
      endingAtOnce(async (options: GroundOptions & { json?: true }) => {
        const { config, checks } = await examine(options)
        if (options.json) for (const check of checks) console.log(JSON.stringify(check))
        else tell(checks, config)
        return checks.some(({ standing }) => standing === 'fail') ? found : fine
      }),
    )
}

async function examine(options: GroundOptions): Promise<{ config: Config | undefined; checks: Check[] }> {
  let config: Config
  try {
    config = readConfig(options)
  } catch (error) {
    const [todo = '', ...troubles] = wordsOf(error).split('\n').reverse()
    return { config: undefined, checks: [checkNode(), fail('configuration', troubles.reverse().join('\n'), todo)] }
  }
  const { checks, database } = await openRecords(config)
  try {
    return {
      config,
      checks: [
        checkEnvironment(config),
        checkConfig(config),
        checkNode(),
        ...(await checkDataFolder(config)),
        ...checks,
        ...(database === undefined
          ? []
          : [
              ...(await checkRecords(config, database)),
              await checkFiling(config, database),
              await checkReviewClock(database),
              await checkWebhooks(config, database),
              ...(await checkTray(database)),
            ]),
        await checkClock(config, database),
        ...(await checkPorts(config)),
        await checkCybertipline(config),
        await checkMail(config),
        ...checkNotices(config),
        ...checkNoticeTexts(config),
        ...(await checkLetterBox(config)),
        checkAlerts(config),
      ],
    }
  } finally {
    await database?.close()
  }
}

function checkConfig({ file, rules }: Config): Check {
  const near =
    rules.perceptual === 'report'
      ? `near matches within ${rules.reportWithinBits} bits are reported without review`
      : 'near matches are decided by a person'
  return ok('configuration', `${file ?? 'no file, variables only'}; ${near}`)
}

const tints = { ok: 'green', warn: 'yellow', fail: 'red' } as const satisfies Record<Check['standing'], Tint>
const indent = 22

function tell(checks: readonly Check[], config: Config | undefined): void {
  const width = Math.min(terminalWidth(), 100) - indent
  for (const { name, standing, words, todo } of checks) {
    const lines = words.split('\n').flatMap((line) => wrap(plain(line), width))
    const advice = todo === undefined ? [] : wrap(`-> ${plain(todo)}`, width)
    const [first = '', ...rest] = lines
    console.log(`${tint(tints[standing], standing.padEnd(6))}${name.padEnd(indent - 6)}${first}`)
    for (const line of [...rest, ...advice]) console.log(`${' '.repeat(indent)}${line}`)
  }
  const count = (standing: Check['standing']) => checks.filter((check) => check.standing === standing).length
  console.log(`\n${count('ok')} ok, ${count('warn')} to think about, ${count('fail')} failed.`)
  if (config === undefined) return
  console.log(environmentLine(config.environment))
}
