// How a command ends: 0 is fine, 1 is "something was found, or a check failed", 2 is bad usage or trouble.
export const fine = 0
export const found = 1
export const trouble = 2

export type Exit = typeof fine | typeof found | typeof trouble

/** An action whose answer becomes the exit code. The process is left to end by itself, so that all output gets out. */
export const ending =
  <Args extends unknown[]>(act: (...args: Args) => Promise<Exit>) =>
  async (...args: Args): Promise<void> => {
    process.exitCode = await act(...args)
  }

/**
 * The same, for a command that asked strangers who may never answer: once all output is out the process ends, whatever
 * connection is still waiting.
 */
export const endingAtOnce =
  <Args extends unknown[]>(act: (...args: Args) => Promise<Exit>) =>
  async (...args: Args): Promise<void> => {
    const code = await act(...args)
    process.stdout.write('', () => process.exit(code))
  }
