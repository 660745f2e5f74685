// Does a notice say what none may say? By the texts' own scanner, in every language, and by words of the trade beside it.
import { forbiddenIn } from '#notices'

const looks: readonly (readonly [string, RegExp])[] = [
  ['a distance', /\b\d+ (of 256 )?bits?\b/i],
  ['a word of the trade', /\b(CyberTip(line)?|PDQ|SHA-?(1|256)|MD5|perceptual|hash(es)?)\b/i],
  ['an address', /[\w.+-]+@[\w-]+\.\w+/],
]

/** The names of what it gives away; empty is right. The line that every trial begins with names NCMEC. */
export function givenAway(words: string, secrets: readonly string[]): readonly string[] {
  const facts = Object.fromEntries(secrets.map((secret, place) => [`secret ${place}`, secret]))
  return [...forbiddenIn(words, facts), ...looks.filter(([, look]) => look.test(words)).map(([name]) => name)]
}
