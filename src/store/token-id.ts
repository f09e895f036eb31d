/** What a token is named by: a part of its hash, from which no token can be made. */
export function tokenId(hash: Uint8Array): string {
  return `tok_${Buffer.from(hash).toString('hex').slice(0, 20)}`
}
