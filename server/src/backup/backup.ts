// A whole deployment in one folder, without its key: written while the server runs, checked, and put back where nothing is. Its
// format: docs/formats/backup.md.
export type { Manifest } from './manifest.ts'
export { type RestoreSettings, restoreBackup } from './restore.ts'
export { verifyBackup } from './verify.ts'
export { type Backup, type BackupSettings, wholeBackups, writeBackup } from './write.ts'
