// The PDQ kernel, AssemblyScript. Compiled twice from these sources: with WASM SIMD, and without for engines that lack it.
// It owns no memory: every pointer comes from src/wasm.ts, which lays the memory out. Nothing here is rounded to a byte.

export { exactFeed, exactOpen } from './exact'
export { finish } from './finish'
export { gatherRow } from './gather'
export { accumulateRows, combineColumns } from './large'
export { brightness } from './luma'
export { composeSmall } from './small'
