// Which characters XML 1.0 can carry at all. Names, bios and chats come from strangers and hold the rest too.

/** The text without characters no XML 1.0 document may contain: most controls, U+FFFE, U+FFFF and lone surrogates. */
export function legal(text: string): string {
  return text.replace(illegal, '')
}

// Under the u flag a surrogate pair is one character, so what is left of D800-DFFF stands alone.
const illegal = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu
