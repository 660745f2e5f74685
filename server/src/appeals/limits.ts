/** Characters (UTF-16 units, as a browser's maxlength counts them) of what is written at a time. */
export const mostCharacters = 10_000

/** Times that somebody writes about one notice, by whatever door: a person may think again; a machine that floods is stopped. */
export const mostWords = 20
