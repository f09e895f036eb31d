/** Where a file that a text runs came from, when the same text made it. */
export type Origin = 'downloaded' | 'decoded' | 'fetched-tree' | 'written'
