/** The groups of categorizations that members can put on their entries; names as in the documentation's example, ids our own. */
import { guidOf } from './feedback.ts'
import { document, escaped } from './render.ts'

const groups = [
  { name: 'Content', allowMultiple: false, names: ['Clothed', 'Unclothed', 'Unconfirmed'] },
  { name: 'Context', allowMultiple: true, names: ['Known Minor', 'Potential Meme', 'Viral'] },
  { name: 'Egregious', allowMultiple: true, names: ['Egregious'] },
]

/** environment: the ids are fixed for each. */
export const categorizationsDocument = (environment: string): string =>
  document(
    'availableCategorizations',
    groups
      .map(({ name, allowMultiple, names }) => {
        const each = names.map(
          (one) => `<categorization guid="${guidOf(`${environment} ${one}`)}" name="${escaped(one)}"/>`,
        )
        return `<group name="${escaped(name)}" allowMultiple="${allowMultiple}">${each.join('')}</group>`
      })
      .join(''),
  )
