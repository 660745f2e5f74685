// `wardline repair`: what overturned appeals set right, who approves it, how far it is, and the letter that corrects reports.
import { Command } from 'commander'
import { again, approve, refuse, report } from '../repair/decide.ts'
import { letter, restored, sent } from '../repair/letter.ts'
import { lookAgain } from '../repair/look-again.ts'
import { list, show } from '../repair/show.ts'

export function repairCommand(): Command {
  return new Command('repair')
    .description('what an overturned appeal undoes: its cases, its two approvals, and how far it is')
    .addCommand(list())
    .addCommand(show())
    .addCommand(approve())
    .addCommand(refuse())
    .addCommand(again())
    .addCommand(letter())
    .addCommand(sent())
    .addCommand(report())
    .addCommand(restored())
    .addCommand(lookAgain('stands'))
    .addCommand(lookAgain('error'))
}
