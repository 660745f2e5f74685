// Closes a switch over a union: the compiler refuses a forgotten case, and a value from outside the types is a bug.

export function never(value: never): never {
  throw new Error(`a case was forgotten: ${typeof value === 'object' ? Object.keys(value).join(',') : typeof value}`)
}
