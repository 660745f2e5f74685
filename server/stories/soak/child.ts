// A server for the filing soak: its clock goes faster, and it dies by SIGKILL right after the n-th time it reaches a journaled step.
//   node child.ts '{"config":{...},"folder":"/tmp/x","anchor":{...},"die":{"step":"upload begun","times":3}}'
import { writeSync } from 'node:fs'
import { type ConfigOverrides, loadConfig } from '#config'
import { openWardline } from '../../src/main.ts'
import { type Anchor, scaledClock } from './scaled-clock.ts'

const { config, folder, anchor, die } = JSON.parse(process.argv[2] ?? '') as {
  config: ConfigOverrides
  folder: string
  anchor: Anchor
  die: { step: string; times: number } | null
}

let met = 0
const say = (level: string) => (fields: Record<string, unknown>, words: string) => {
  const { err, ...rest } = fields
  const line = { level, ...rest, ...(err instanceof Error ? { error: err.message } : {}), words }
  if (level !== 'info') writeSync(2, `${JSON.stringify(line)}\n`)
  const step = String(fields['step'] ?? '').replace(/:\d+/, '')
  if (step !== '') writeSync(2, `${JSON.stringify({ step, report: fields['report'] })}\n`)
  if (die === null || step !== die.step) return
  met += 1
  if (met >= die.times) process.kill(process.pid, 'SIGKILL')
}
const log = { info: say('info'), warn: say('warn'), error: say('error') }
const loaded = loadConfig({ env: {}, overrides: config, folder })
const wardline = await openWardline(loaded, { clock: scaledClock(anchor), log }, { leaseMs: 4_000 })
await wardline.river.matching.refresh()
process.stdout.write(`${JSON.stringify({ url: wardline.url })}\n`)
process.once('SIGTERM', () => void wardline.close())
