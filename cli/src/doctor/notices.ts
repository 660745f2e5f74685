// What people would read: are the texts whole, who has read the translations, do they say where help is.
import { isProduction } from '@wardline/server/base'
import type { Config } from '@wardline/server/config'
import { loadHelpLines, loadTexts } from '@wardline/server/notices'
import { firstLine, wordsOf } from '../words.ts'
import { type Check, fail, ok, warn } from './check.ts'

export function checkNoticeTexts({ environment, notices }: Config): Check[] {
  return notices.enabled ? [checkTexts(environment, notices), checkHelpLines(notices)] : []
}

function checkTexts(environment: Config['environment'], notices: Config['notices']): Check {
  const name = 'notice texts'
  try {
    const { languages, overriding } = loadTexts(notices.textsFolder, notices.language)
    const all = [...languages.values()]
    const unread = all.filter(({ readByNativeSpeaker }) => !readByNativeSpeaker).map(({ tag }) => tag)
    const own = overriding.length === 0 ? '' : `, yours in ${overriding.join(', ')}`
    const words = `${all.length} languages${own}`
    if (unread.length === 0) return ok(name, `${words}, each read by a native speaker`)
    const said = `${words}; not read by a native speaker: ${unread.join(', ')}`
    if (!isProduction(environment)) return ok(name, said)
    return warn(
      name,
      said,
      'Have those that your users speak read, by counsel too; docs/operating/notice-texts.md says how to put your own in their place.',
    )
  } catch (error) {
    const [todo = '', ...troubles] = wordsOf(error).split('\n').reverse()
    return fail(name, troubles.reverse().join('\n'), todo)
  }
}

function checkHelpLines({ helpLinesFile }: Config['notices']): Check {
  const name = 'help lines'
  try {
    const countries = Object.entries(loadHelpLines(helpLinesFile)).filter(([, lines]) => lines.length > 0)
    if (countries.length > 0) return ok(name, `for ${countries.map(([country]) => country).join(', ')}`)
    return warn(
      name,
      'none: notices say that there are such lines, and name none',
      'Write those of your users’ countries into notices.helpLinesFile (docs/operating/help-lines.example.yaml), and try each yourself.',
    )
  } catch (error) {
    return fail(name, firstLine(error), 'docs/operating/help-lines.example.yaml shows the form.')
  }
}
