/** Characters (UTF-16 units, as a browser's maxlength counts them) of one appeal. */
export const mostCharacters = 10_000

/** Appeals through one link: a person may think again; a machine that floods is stopped. */
export const mostAppeals = 20
