import { createHmac } from 'node:crypto'
import { equalBytes, utf8 } from '#kernel/bytes.ts'

/** The header of `GET /health` that asks a server to prove itself. */
export const CHALLENGE_HEADER = 'airlock-challenge'

/**
 * What only the server that wrote `server.json` can answer. A server that was killed leaves its record behind, and its port to
 * whoever takes it next; nobody is sent a token before they have answered a challenge.
 */
export function serverProof(secret: string, challenge: string): string {
  return createHmac('sha256', secret).update(`airlock server\n${challenge}`).digest('hex')
}

/** True for text of the shape a challenge has. */
export function isChallenge(text: string | undefined): text is string {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text)
}

export function provesServer(proof: unknown, secret: string, challenge: string): boolean {
  return typeof proof === 'string' && equalBytes(utf8(proof), utf8(serverProof(secret, challenge)))
}
