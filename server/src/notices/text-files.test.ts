import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { loadHelpLines } from './help-lines.ts'
import { noticeText } from './text.ts'
import { loadTexts, ourTexts } from './text-files.ts'

const ours = fileURLToPath(new URL('texts/', import.meta.url))
const english = readFileSync(join(ours, 'en.yaml'), 'utf8')

class Folder implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), 'wardline-texts-'))

  put(name: string, text: string): this {
    writeFileSync(join(this.path, name), text)
    return this
  }

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true })
  }
}

const words = {
  kind: 'appeal_overturned',
  addressee: 'user',
  isTest: false,
  variant: 'ordinary',
  locale: 'de',
  country: null,
  disabled: null,
  link: null,
  appealBy: null,
  replyAddress: null,
} as const

function faultOf(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    if (error instanceof Error) return error.message
  }
  return ''
}

describe('an operator’s own words', () => {
  it('stand in place of ours, text by text', () => {
    using folder = new Folder().put(
      'de.yaml',
      `read-by-native-speaker: yes
letters:
  ordinary:
    appeal_overturned:
      text: |
        Hallo {{platform}},
        {{#outcome}}wir lagen falsch.{{/outcome}}
        {{contact}}
`,
    )
    const texts = loadTexts(folder.path)
    expect(texts.overriding).toEqual(['de.yaml'])
    const told = noticeText(texts, { environment: 'production', platform: 'Forum' }, words)
    expect(told).toMatchObject({
      text: 'Hallo Forum,\nwir lagen falsch.\n',
      subject: 'Unsere Antwort auf Ihr Schreiben',
    })
    expect(texts.languages.get('de')?.readByNativeSpeaker).toBe(true)
    expect(texts.languages.get('fr')).toEqual(ourTexts().languages.get('fr'))
  })

  it('may be a language that we lack, when nothing is missing', () => {
    using folder = new Folder().put('nl.yaml', english.replace('name: English', 'name: Nederlands'))
    const texts = loadTexts(folder.path, 'nl')
    expect(
      noticeText(texts, { environment: 'production', language: 'nl' }, { ...words, locale: 'nl-BE' }).language,
    ).toBe('nl')
    expect(noticeText(texts, { environment: 'production', language: 'nl' }, { ...words, locale: 'tlh' }).language).toBe(
      'nl',
    )
    expect(faultOf(() => loadTexts(undefined, 'nl'))).toContain('notices.language is "nl"')
    folder.put('da.yaml', 'read-by-native-speaker: no\nname: Dansk\n')
    expect(faultOf(() => loadTexts(folder.path))).toContain(
      'da.yaml, line 1: "letters.ordinary.reported.subject" is missing',
    )
  })

  const letter = (text: string, kind = 'appeal_upheld') => `read-by-native-speaker: no
letters:
  ordinary:
    ${kind}:
      text: |
        Hello,
${text.replaceAll(/^/gm, '        ')}
`
  const whole = '{{#outcome}}It stays.{{/outcome}}\n{{> help}}\n{{contact}}'

  it.each([
    [
      'a forbidden field',
      letter(`${whole}\nYour file was {{fileName}}.`),
      'line 10: in "letters.ordinary.appeal_upheld.text", "fileName" is forbidden',
    ],
    [
      'a forbidden question',
      letter(`${whole}\n{{#distance}}near{{/distance}}`),
      'line 10: in "letters.ordinary.appeal_upheld.text", "distance" is forbidden',
    ],
    ['an unknown field', letter(`${whole}\n{{platfrom}}`), '"platfrom" is not a field here; the fields are platform,'],
    [
      'a condition filled in',
      letter(`${whole}\n{{organisation}}`),
      '"organisation" is a condition and cannot be filled in',
    ],
    ['unknown shared words', letter(`${whole}\n{{> other}}`), 'there are no shared words named "other" here'],
    ['unescaped values', letter(`${whole}\n{{{platform}}}`), '"platform" is written in a way that is not allowed'],
    ['other braces', letter(`${whole}\n{{=<% %>=}}<% fileName %>`), 'is written in a way that is not allowed'],
    ['an open condition', letter(`${whole}\n{{#platform}}`), 'a {{field}} is not closed'],
    ['an open field', letter(`${whole}\n{{platform`), 'a {{field}} is not closed'],
    [
      'no outcome',
      letter('It stays.\n{{> help}}\n{{contact}}'),
      'must say words between {{#outcome}} and {{/outcome}}',
    ],
    [
      'an empty outcome',
      letter('{{#outcome}} .{{/outcome}}\n{{> help}}\n{{contact}}'),
      'must say words between {{#outcome}}',
    ],
    [
      'an outcome for some',
      letter('{{#platform}}{{#outcome}}It stays.{{/outcome}}{{/platform}}\n{{> help}}\n{{contact}}'),
      'must say words between {{#outcome}}',
    ],
    ['no help', letter('{{#outcome}}It stays.{{/outcome}}\n{{contact}}'), 'must say words between {{#helpLines}}'],
    [
      'no link',
      letter(whole, 'reported'),
      '"letters.ordinary.reported.text" must say {{link}}, and under no other condition',
    ],
    ['no rule', letter(whole, 'reported'), 'must say words between {{#rule}} and {{/rule}}'],
    ['no word of the report', letter(whole, 'reported'), 'must say words between {{#reportMade}}'],
    [
      'a text of another name',
      'read-by-native-speaker: no\nletters:\n  odd: hm\n',
      'line 3: "letters.odd" is no text of ours',
    ],
    ['an empty text', 'read-by-native-speaker: no\nname: ""\n', 'line 2: "name" must be a text'],
    ['a number', 'read-by-native-speaker: no\nname: 7\n', 'line 2: "name" must be a text'],
    ['no head', 'name: Deutsch\n', 'line 1: "read-by-native-speaker" is missing: yes or no'],
    ['an odd head', 'read-by-native-speaker: maybe\n', 'line 1: "read-by-native-speaker" must be yes or no'],
    ['no YAML', 'a: b: c\n', 'line 1: is not YAML'],
  ])('are refused with file, line and field: %s', (_what, text, said) => {
    using folder = new Folder().put('de.yaml', text)
    const words = faultOf(() => loadTexts(folder.path))
    expect(words).toContain('the texts of notices cannot be used')
    expect(words).toContain('de.yaml, line ')
    expect(words).toContain(said)
  })

  it('are refused in a file that is no language, or a folder that is not there', () => {
    using folder = new Folder().put('german words.yaml', 'a: b')
    expect(faultOf(() => loadTexts(folder.path))).toContain('german words.yaml, line 1: must be named as a language is')
    expect(faultOf(() => loadTexts(join(folder.path, 'no')))).toContain('notices.textsFolder cannot be read')
  })

  it('may be all of ours, copied', () => {
    using folder = new Folder()
    cpSync(ours, folder.path, { recursive: true })
    expect(loadTexts(folder.path).languages).toEqual(ourTexts().languages)
  })
})

describe('help lines', () => {
  const lines = `DE:
  - { name: Eins, reach: eins.example }
'*':
  - { name: One, reach: one.example }
`
  it('are those of the country, else those for every other, and none are shipped', () => {
    using folder = new Folder().put('help.yaml', lines)
    const helpLines = loadHelpLines(join(folder.path, 'help.yaml'))
    const say = (country: string | null) =>
      noticeText(
        ourTexts(),
        { environment: 'production', helpLines },
        { ...words, kind: 'appeal_upheld', country, locale: 'en' },
      ).text
    expect(say('DE')).toContain('- Eins: eins.example')
    expect(say('de-BY')).not.toContain('One')
    for (const country of ['FR', null]) expect(say(country)).toContain('- One: one.example')
    expect(loadHelpLines(undefined)).toEqual({})
    folder.put('help.yaml', '# nothing yet\n')
    expect(loadHelpLines(join(folder.path, 'help.yaml'))).toEqual({})
  })

  it.each([
    ['Germany:\n  - { name: a, reach: b }\n', 'two letters'],
    ['DE:\n  - { name: a }\n', 'is wrong: of "DE", the line 1, its "reach" is missing'],
    ['DE:\n  - { name: a, reach: "b\\nc" }\n', 'must be one line'],
    ['DE:\n  - { name: a, reach: b, hours: c }\n', 'has keys other than "name" and "reach": hours'],
    ['DE: a\n', 'of "DE" must be a list'],
    ['DE: [', 'is not YAML at line 1'],
  ])('are refused when they are wrong', (text, said) => {
    using folder = new Folder().put('help.yaml', text)
    const words = faultOf(() => loadHelpLines(join(folder.path, 'help.yaml')))
    expect(words).toContain('help.yaml (notices.helpLinesFile)')
    expect(words).toContain(said)
  })
})
