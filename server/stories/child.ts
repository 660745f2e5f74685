// A server in a process of its own that dies, by SIGKILL, right after the journaled step it is told: of several servers
// of one deployment the first to get there, and only once. Only for stories: it watches the log from outside; the
// program itself knows nothing of it.
//   node child.ts '{"config":{...},"folder":"/tmp/x","dieAfter":"submit begun"}'   prints {"url"} when it listens
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '#base'
import { type ConfigOverrides, loadConfig } from '#config'
import { openWardline } from '../src/main.ts'

const { config, folder, dieAfter } = JSON.parse(process.argv[2] ?? '') as {
  config: ConfigOverrides
  folder: string
  dieAfter: string | null
}

const say = (level: string) => (fields: Record<string, unknown>, words: string) => {
  const { err, ...rest } = fields
  process.stderr.write(
    `${JSON.stringify({ level, ...rest, ...(err instanceof Error ? { error: err.message } : {}), words })}\n`,
  )
  if (fields['step'] !== undefined && fields['step'] === dieAfter && isFirst()) process.kill(process.pid, 'SIGKILL')
}
/** Making a folder succeeds for one of several processes only. */
const isFirst = (): boolean => {
  try {
    mkdirSync(join(folder, 'died'))
    return true
  } catch {
    return false
  }
}
const log = { info: say('info'), warn: say('warn'), error: say('error') }
const loaded = loadConfig({ env: {}, overrides: config, folder })
const wardline = await openWardline(loaded, { clock: systemClock, log }, { leaseMs: 8_000 })
await wardline.river.matching.refresh()
process.stdout.write(`${JSON.stringify({ url: wardline.url })}\n`)
process.once('SIGTERM', () => void wardline.close())
