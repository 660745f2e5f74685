// The sandbox's CyberTipline in a process of its own. Prints where it is, tells what it holds when asked, and ends with its parent.
import { startCybertipline } from '@wardline/sandbox'

const line = await startCybertipline()
process.stdout.write(`${JSON.stringify({ baseUrl: line.baseUrl, ...line.credentials })}\n`)
process.stdin.resume().on('end', () => process.exit())
process.on('message', () => {
  const { reports } = line.inspect()
  const finished = reports.filter(({ state }) => state === 'finished')
  const { user, system } = process.cpuUsage()
  process.send?.({
    finished: finished.length,
    files: finished.reduce((sum, { files }) => sum + files.length, 0),
    open: reports.filter(({ state }) => state === 'open').length,
    cpuSeconds: (user + system) / 1e6,
  })
})
