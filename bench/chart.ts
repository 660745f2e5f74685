// The figure people look at: hashes a second on one core, drawn from a record and from nothing else.

export interface Charted {
  readonly date: string
  readonly cpu: string
  readonly node: string
  readonly rows: readonly { readonly picture: string; readonly name: string; readonly microseconds: number }[]
}

const [width, barHeight, left, longest] = [720, 26, 200, 400] as const

/** SVG, readable on light and on dark pages. Bars for the record's first picture. */
export function chart({ date, cpu, node, rows }: Charted): string {
  const picture = rows[0]?.picture
  const bars = rows.filter((row) => row.picture === picture)
  const most = Math.max(...bars.map(perSecond))
  const drawn = bars.map((row, n) => {
    const y = 48 + n * (barHeight + 12)
    const long = Math.max(1, Math.round((longest * perSecond(row)) / most))
    const words = `${perSecond(row).toLocaleString('en')}/s (${row.microseconds} µs)`
    return (
      `<text x="${left - 10}" y="${y + 18}" text-anchor="end">${row.name}</text>` +
      `<rect x="${left}" y="${y}" width="${long}" height="${barHeight}" fill="${n === 0 ? '#0a7d6c' : '#8a94a0'}"/>` +
      `<text x="${left + long + 8}" y="${y + 18}">${words}</text>`
    )
  })
  const height = 48 + bars.length * (barHeight + 12) + 28
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>PDQ hashes a second, ${picture}</title>
<rect width="${width}" height="${height}" fill="#fff"/>
<text x="12" y="28" font-size="15" font-weight="bold">PDQ hashes a second on one core: ${picture}</text>
${drawn.join('\n')}
<text x="12" y="${height - 12}" font-size="11" fill="#555">${date.slice(0, 10)}, ${cpu}, Node ${node}, shared machine; medians of paired runs</text>
</svg>
`
}

function perSecond({ microseconds }: { readonly microseconds: number }): number {
  return Math.round(1e6 / microseconds)
}
