// Does a notice say what none may say? Its own report's secrets, and whatever looks like a hash, a distance, a list or an id of ours.

const looks: readonly (readonly [string, RegExp])[] = [
  ['something like a hash', /(?<![A-Za-z0-9_-])[0-9a-f]{32,}(?![A-Za-z0-9_-])/i],
  ['an id of ours', /\b(report|case|scan|file|hold|repair|appeal)_[0-9a-z]{8,}/],
  ['a distance', /\b\d+ (of 256 )?bits?\b/i],
  ['a word of the trade', /\b(CyberTip(line)?|PDQ|SHA-?(1|256)|MD5|perceptual|hash(es)?)\b/i],
  ['an address', /[\w.+-]+@[\w-]+\.\w+/],
]

/** What it says of these; undefined: nothing. The line that every trial begins with names NCMEC, and is no notice's own word. */
export function forbiddenIn(words: string, secrets: readonly string[]): string | undefined {
  const secret = secrets.findIndex((one) => words.includes(one))
  if (secret >= 0) return `a secret of its own report (${secret})`
  return looks.find(([, look]) => look.test(words))?.[0]
}
