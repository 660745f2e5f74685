/** A query or a form as the pairs it was written in: URLSearchParams would forgive what should be noticed. */

/** Name and value, percent-decoded; a plus sign stays one, as in a path. A value that does not decode is empty. */
export const pairsIn = (target: string): [string, string][] => {
  const question = target.indexOf('?')
  const query = question < 0 ? '' : target.slice(question + 1)
  return query === '' ? [] : query.split('&').map((pair) => pairOf(pair))
}

const pairOf = (pair: string): [string, string] => {
  const equals = pair.indexOf('=')
  return equals < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
