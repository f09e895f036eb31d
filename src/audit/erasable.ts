import type { Json } from '#kernel/canonical-json.ts'
import { decodeEntry } from './entry.ts'

/** Digests by which an entry names what a person wrote; the words stand beside the log and can be erased. */
export function erasableIn(bytes: Uint8Array): readonly string[] {
  const entry = decodeEntry(bytes)
  return entry.ok ? Object.values(entry.value.data).flatMap((value) => digestIn(value) ?? []) : []
}

/** The digest in a value such as `{"erasable":"sha256:…"}`. */
export function digestIn(value: Json | undefined): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const digest = (value as { readonly [key: string]: Json }).erasable
  return typeof digest === 'string' ? digest : undefined
}
