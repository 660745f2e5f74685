// Looks through what people are told for what they must never be told. For checks and simulations: nothing is sent or stopped here.

/** By a name of the caller's choice: the case's file names, hashes, list and entry names, distances, ids, people. */
export type ForbiddenFacts = Readonly<Record<string, string | number | readonly (string | number)[] | null | undefined>>

/**
 * The names of those facts that the text, plain or HTML, gives away; also `looks like a hash` and `looks like an id` for
 * what no caller thought of. allowed: what may stand there though it holds a fact, as the link or a date that holds a number.
 * Compared without case and width; a fact of less than four characters, or of digits alone, only as a word of its own.
 */
export function forbiddenIn(
  text: string,
  facts: ForbiddenFacts,
  allowed: readonly (string | null)[] = [],
): readonly string[] {
  const said = allowed
    .map((one) => plain(one ?? ''))
    .filter((one) => one !== '')
    .reduce((rest, one) => rest.replaceAll(one, ' '), plain(text))
  const found = Object.entries(facts)
    .filter(([, given]) => [given ?? []].flat().some((fact) => holds(said, plain(String(fact)))))
    .map(([name]) => name)
  const shapes = Object.entries(suspicious).filter(([, shape]) => shape.test(said))
  return [...found, ...shapes.map(([name]) => name)]
}

const suspicious = {
  'looks like a hash': /(?<![a-z0-9])[0-9a-f]{32,}(?![a-z0-9])/,
  'looks like an id': /(case|report|scan|file|entry|match|appeal|repair|person|object)_(\w+_)?[0-9a-z]{26,}/,
}

function holds(said: string, fact: string): boolean {
  if (fact === '') return false
  if (fact.length >= 4 && !/^\d+$/.test(fact)) return said.includes(fact)
  return said.split(/[^\p{L}\p{N}]+/u).includes(fact)
}

const marks: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }
const plain = (text: string): string =>
  text
    .replaceAll(/&(amp|lt|gt|quot|#39);/g, (whole, name: string) => marks[name] ?? whole)
    .normalize('NFKC')
    .toLowerCase()
