import { createOTP } from '@better-auth/utils/otp'
import type { TestBrowser } from './browser.ts'
import { PASSWORD, type SignInHouse } from './sign-in-house.ts'

export interface Enrolled {
  readonly browser: TestBrowser
  readonly secret: string
  /** The code that switched it on. */
  readonly used: string
  readonly backupCodes: readonly string[]
}

/** What an app with that secret shows, some steps of half a minute away from a moment. */
export function codeAtStep(secret: string, now: number, steps: number): Promise<string> {
  return createOTP(secret).hotp(Math.floor(now / 30_000) + steps)
}

/** A new member who added an authenticator app on the account page. */
export async function enrol(house: SignInHouse, email: string): Promise<Enrolled> {
  const browser = await house.member(email)
  return { browser, ...(await addApp(browser, PASSWORD)) }
}

export async function addApp(browser: TestBrowser, password: string) {
  const page = await browser.send('/auth/account/second-factor', { password })
  const uri = /href="(otpauth:[^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? ''
  // The engine's secret is text; apps are given it in base 32.
  const secret = Buffer.from(base32(new URL(uri).searchParams.get('secret') ?? '')).toString()
  const used = await codeAtStep(secret, Date.now(), 0)
  await browser.send('/auth/account/second-factor/confirm', { code: used })
  return { secret, used, backupCodes: codesOn(page.text) }
}

/** The backup codes that a page shows. */
export function codesOn(text: string): readonly string[] {
  return /<pre class="codes">([^<]+)</.exec(text)?.[1]?.split('\n') ?? []
}

function base32(text: string): Uint8Array {
  let held = 0
  let bits = 0
  const bytes: number[] = []
  for (const letter of text.replace(/=+$/, '')) {
    held = ((held << 5) | 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter)) & 0xfff
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push((held >> bits) & 255)
  }
  return Uint8Array.from(bytes)
}
