// What to say where nobody can hear an appeal, and what comes next. Honest in the smallest forum: nobody hears their own decision.
import type { Nobody } from './pick.ts'

export type Waits = { readonly why: Nobody; readonly words: string; readonly next: string }

const addSomebody = '`wardline people add NAME --email ADDRESS --role reviewer`: chance seats them within a minute.'

const words: Readonly<Record<Nobody, Omit<Waits, 'why'>>> = {
  nobody_may: {
    words: 'nobody here may hear appeals: that takes a person with the role reviewer or administrator',
    next: addSomebody,
  },
  all_decided: {
    words:
      'everybody here who may hear appeals took a decision about this case, and nobody hears an appeal against their own decision',
    next: `Add a person who had no part in it: ${addSomebody}`,
  },
  all_out: {
    words: 'everybody here who may hear appeals took a decision about this case, or gave this appeal back',
    next: `Add a person who had no part in it: ${addSomebody}`,
  },
}

export const waitsOf = (why: Nobody): Waits => ({ why, ...words[why] })
