// What was measured, kept: a dated JSON record and a chart beside it.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Exactness } from './exact.ts'
import type { Life } from './living.ts'

/** us: median per query, alone in its batch. ratio: that over ours of the same minute (`beside`). Undefined: not checked. */
export interface Measured {
  readonly set: string
  readonly rows: number
  readonly name: string
  readonly us: number
  readonly ratio: number
  readonly beside?: number
  readonly buildSeconds: number
  readonly bytesPerCode: number
  readonly recall: number | undefined
  readonly worstRecall: number | undefined
  /** Hits that should not be. */
  readonly beyond: number | undefined
}

export interface Run {
  readonly date: string
  readonly machine: Readonly<Record<string, string | number>>
  readonly exact: Exactness
  readonly measured: readonly Measured[]
  readonly living: readonly Life[]
}

export function record(folder: string, run: Run): void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, `${run.date}-${run.measured.reduce((most, { rows }) => Math.max(most, rows), 0) / 1e6}M`)
  writeFileSync(`${path}.json`, `${JSON.stringify(run, rounded, 2)}\n`)
  writeFileSync(`${path}.svg`, chart(run))
  console.log(`written: ${path}.json and .svg`)
}

function rounded(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(5)) : value
}

const BAR = 18
const LEFT = 260
const WIDTH = 900

/** Bars of microseconds per query, on a logarithmic scale from 1 us to 1 s. */
function chart({ date, machine, measured }: Run): string {
  const x = (us: number): number => (Math.log10(Math.max(1, us)) / 6) * (WIDTH - LEFT - 90)
  const bars = measured.map(({ set, rows, name, us, ratio }, i) => {
    const y = 70 + i * (BAR + 6)
    const colour = name === 'wardline' ? '#0b6e4f' : '#9aa5b1'
    const label = `${us < 100 ? us.toFixed(1) : Math.round(us).toLocaleString('en')} µs${name === 'wardline' ? '' : ` (×${ratio.toPrecision(3)})`}`
    return `<text x="${LEFT - 10}" y="${y + 13}" text-anchor="end">${rows / 1e6}M ${set}: ${name}</text>
<rect x="${LEFT}" y="${y}" width="${x(us).toFixed(1)}" height="${BAR}" fill="${colour}"/>
<text x="${(LEFT + x(us) + 6).toFixed(1)}" y="${y + 13}">${label}</text>`
  })
  const height = 90 + measured.length * (BAR + 6)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">
<title>Microseconds per query of exact indexes over 256-bit codes</title>
<rect width="100%" height="100%" fill="#fff"/>
<text x="20" y="26" font-size="16">Every code within 31 of 256 bits: microseconds per query, one thread (logarithmic)</text>
<text x="20" y="46" fill="#555">${date}, ${machine['cores']} cores ${machine['cpu']}, Node ${machine['node']}; × is the time over ours in paired runs</text>
${bars.join('\n')}
</svg>
`
}
