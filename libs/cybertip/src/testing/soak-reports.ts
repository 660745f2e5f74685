// `npm run soak:reports`: 10,000 random reports and as many file details, all rules kept, before the sandbox's schema and rules. Ends with 1
// at the first that is refused. Arguments: reports (10000), seed (the date's if left out, always printed).
import { judgeReports } from './any-filing.ts'
import { openJudge } from './judge.ts'

const [reports = 10_000, seed = Math.floor(Date.now() / 86_400_000)] = process.argv.slice(2).map(Number)
/** A judge keeps what it is sent; a new one for each part keeps the memory flat. */
const part = 500
const started = performance.now()

console.log(`${reports} reports, seed ${seed}`)
for (let done = 0; done < reports; done += part) {
  await using judge = await openJudge()
  await judgeReports(judge, Math.min(part, reports - done), seed * 1000 + done)
  if (done % 2000 === 0) console.log(`${done} ...`)
}
console.log(
  `${reports} reports and as many file details accepted in ${((performance.now() - started) / 1000).toFixed(0)} s`,
)
