// Characters that look like those of YAML and are none: they come from word processors, chats and other keyboards, and nobody
// sees them. Named by kind and place; the line is never quoted.

const kinds: Readonly<Record<string, string>> = {
  '\u00a0': 'a no-break space',
  '\u202f': 'a narrow no-break space',
  '\u2007': 'a figure space',
  '\u3000': 'a full-width space',
  '\u200b': 'a zero-width space',
  '\u2060': 'a word joiner',
  '\uff1a': 'a full-width colon',
  '\uff0c': 'a full-width comma',
  '\uff0d': 'a full-width hyphen',
  '\u2013': 'a dash that is no hyphen',
  '\u201c': 'a curly quotation mark',
  '\u201d': 'a curly quotation mark',
  '\u2018': 'a curly quotation mark',
  '\u2019': 'a curly quotation mark',
}

/** More are not told: the first ones lead to the others. */
const mostTold = 5

/** `a full-width colon at line 1, column 12`, of what stands in no comment. */
export function lookAlikes(text: string): string[] {
  const found = text.split('\n').flatMap((line, at) => {
    const spoken = line.replace(/(^|\s)#.*$/, '')
    return [...spoken].flatMap((character, column) => {
      const kind = kinds[character]
      return kind === undefined ? [] : [`${kind} at line ${at + 1}, column ${column + 1}`]
    })
  })
  return found.slice(0, mostTold).map((one) => `holds ${one}, where YAML wants a plain one`)
}
