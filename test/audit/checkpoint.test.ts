import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { openCheckpoint, parseCheckpoint, signCheckpoint } from '#audit/checkpoint.ts'
import { openNote, signNote } from '#audit/signed-note.ts'
import {
  generateSigningKey,
  parseSigningKey,
  parseVerifierText,
  verifierKey,
  verifierText,
} from '#audit/signing-key.ts'
import { ORIGIN, signer, stranger } from './evidence.ts'

const root = Buffer.alloc(32, 9)
const state = { origin: ORIGIN, size: 42, root }
const text = `${ORIGIN}\n42\n${root.toString('base64')}\n`

describe('a signing key', () => {
  test('is kept as PEM and comes back as the same key', () => {
    const pem = generateSigningKey(() => Buffer.alloc(32, 1))
    expect(pem).toMatch(/^-----BEGIN PRIVATE KEY-----\n[A-Za-z0-9+/=]+\n-----END PRIVATE KEY-----\n$/)
    const read = parseSigningKey(pem, ORIGIN)
    expect(read.ok && read.value.key).toEqual(signer.key)
  })

  test('has a public text that reads back, and only whole', () => {
    const written = verifierText(signer.key)
    expect(parseVerifierText(`${written}\n`)).toEqual({ ok: true, value: signer.key })
    const hostile = [
      '',
      written.slice(0, -1),
      written.replace('airlock', 'airlocl'),
      written.replace('+', ' +'),
      `${written}+`,
      written.replace(signer.key.id, signer.key.id.toUpperCase()),
      verifierText(verifierKey(ORIGIN, Buffer.alloc(31))),
      'x'.repeat(10_000),
    ]
    expect(hostile.map((line) => parseVerifierText(line).ok)).toEqual(hostile.map(() => false))
  })

  test.each([
    ['no PEM', 'hello', ORIGIN],
    ['no Ed25519 key', '-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----\n', ORIGIN],
    ['a name with a space', generateSigningKey(() => Buffer.alloc(32, 1)), 'air lock'],
    ['a name with a plus', generateSigningKey(() => Buffer.alloc(32, 1)), 'air+lock'],
    ['no name', generateSigningKey(() => Buffer.alloc(32, 1)), ''],
  ])('with %s is refused', (_, pem, name) => {
    expect(parseSigningKey(pem, name)).toMatchObject({ ok: false, failure: { rule: 'audit.key' } })
  })
})

describe('a signed note', () => {
  test('opens to its text, blank lines included, for its key only', async () => {
    const poem = 'one\n\ntwo — three\n'
    const note = await signNote(poem, signer)
    expect(openNote(note, signer.key)).toEqual({ ok: true, value: poem })
    expect(openNote(note, stranger.key).ok).toBe(false)
  })

  test('lets the signatures of witnesses be, wherever they stand', async () => {
    const note = await signNote(text, signer)
    const witness = (await signNote(text, stranger)).slice(text.length + 1)
    const ours = note.slice(text.length + 1)
    expect(openNote(note + witness, signer.key)).toEqual({ ok: true, value: text })
    expect(openNote(`${text}\n${witness}${ours}`, signer.key)).toEqual({ ok: true, value: text })
  })

  test('is not made of text that a reader could split otherwise', async () => {
    for (const bad of ['', 'no end', 'a\rb\n', 'a\0\n', 'a\ud800\n', `${'x'.repeat(70_000)}\n`])
      await expect(signNote(bad, signer)).rejects.toThrow('a note is')
  })

  test('is refused when any byte of it is another', async () => {
    const note = await signNote(text, signer)
    const opened = Array.from(note, (_, at) =>
      openNote(note.slice(0, at) + flipped(note.charAt(at)) + note.slice(at + 1), signer.key),
    )
    expect(opened.filter((result) => result.ok)).toEqual([])
  })

  test('is refused in every shape but its own', async () => {
    const note = await signNote(text, signer)
    const line = note.slice(text.length + 1)
    const hostile = [
      text,
      `${text}\n`,
      note.slice(0, -1),
      `${note}\n`,
      `${note}garbage\n`,
      note + line,
      `${text}\n${line}\n${line}`,
      note.replace('— ', '—  '),
      note.replace('— ', '- '),
      note.replaceAll('\n', '\r\n'),
      note + '— a AAAAAAA=\n'.repeat(40),
      note + 'x'.repeat(70_000),
    ]
    expect(hostile.map((shape) => openNote(shape, signer.key).ok)).toEqual(hostile.map(() => false))
  })
})

describe('a checkpoint', () => {
  test('is a note of three lines', async () => {
    const note = await signCheckpoint(state, signer)
    expect(note.startsWith(`${text}\n— ${ORIGIN} `)).toBe(true)
    expect(openCheckpoint(note, signer.key, ORIGIN)).toEqual({
      ok: true,
      value: { ...state, extensions: [] },
    })
  })

  test('of another log does not pass, even under the same key', async () => {
    const note = await signCheckpoint({ ...state, origin: `${ORIGIN}/other` }, signer)
    expect(openCheckpoint(note, signer.key, ORIGIN)).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining(`it is of the log ${ORIGIN}/other, not of ${ORIGIN}`) },
    })
  })

  test('with extension lines is read, not written', () => {
    expect(parseCheckpoint(`${text}more\n`)).toEqual({ ok: true, value: { ...state, extensions: ['more'] } })
  })

  test.each([
    ['a size with a leading zero', text.replace('42', '042')],
    ['a size with a sign', text.replace('42', '+42')],
    ['a negative size', text.replace('42', '-1')],
    ['a size in another notation', text.replace('42', '4.2e1')],
    ['a size beyond exact numbers', text.replace('42', '9007199254740993')],
    ['no size', text.replace('42', '')],
    ['a short root', `${ORIGIN}\n42\nAAAA\n`],
    ['a root in base64url', text.replaceAll('CQkJ', '-_-_')],
    ['an empty origin', text.replace(ORIGIN, '')],
    ['an origin with a space', text.replace(ORIGIN, 'DSSEv1 28')],
    ['two lines only', `${ORIGIN}\n42\n`],
    ['an empty extension line', `${text}\nmore\n`],
    ['no newline at the end', text.slice(0, -1)],
    ['too many lines', text + 'x\n'.repeat(100)],
    ['too many characters', `${text}${'x'.repeat(20_000)}\n`],
  ])('with %s is refused', (_, changed) => {
    expect(parseCheckpoint(changed)).toMatchObject({ ok: false, failure: { rule: 'audit.checkpoint' } })
  })

  test('never reads from noise, and never throws on it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        expect(
          parseCheckpoint(noise).ok || openNote(noise, signer.key).ok || parseVerifierText(noise).ok,
        ).toBe(false)
      }),
    )
  })

  test('of an impossible state is not signed', () => {
    expect(() => signCheckpoint({ ...state, size: -1 }, signer)).toThrow()
    expect(() => signCheckpoint({ ...state, origin: 'two words' }, signer)).toThrow()
  })
})

function flipped(character: string): string {
  return character === 'A' ? 'B' : 'A'
}
