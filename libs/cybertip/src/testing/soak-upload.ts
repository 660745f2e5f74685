// `npm run soak:upload`: one upload of 2.2 GiB, beyond what 31 bits count, in flat memory. Ends with 1 when it took 64 MB or more.
import { largeUpload } from './large-upload.ts'

const { sentBytes, growthMb, seconds } = await largeUpload(Math.ceil(2.2 * 2 ** 30))
console.log(`${sentBytes} bytes in ${seconds.toFixed(1)} s, resident memory grew by at most ${growthMb} MB`)
process.exitCode = growthMb < 64 ? 0 : 1
