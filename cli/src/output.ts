// `wardline cases list | head` closes our output early. That is no trouble: the command ends, first tidying up if it must.
import { fine, trouble } from './exit.ts'

let tidyUp: (() => void) | undefined

/** Who reads our output is gone: from here on this is done instead of ending at once. */
export function atClosedOutput(act: () => void): void {
  tidyUp = act
}

export function onOutputTrouble(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exit(trouble)
    if (tidyUp === undefined) process.exit(fine)
    tidyUp()
  })
}
