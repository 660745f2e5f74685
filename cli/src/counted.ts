// A number with its word, as people say it.

/** `1 notice`, `12 notices`; with a verb, `counted(n, 'notice waits', 'notices wait')`. */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`
