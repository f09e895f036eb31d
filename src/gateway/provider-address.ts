import { isIP } from 'node:net'
import { ok, type Result, refused } from '#kernel/result.ts'
import { isPublicAddress } from './egress/address-policy.ts'

/** Where a provider's API lives. */
export interface ProviderAddress {
  readonly origin: string
  /** The path of an API path: `/messages` becomes `/v1/messages` behind this provider's prefix. */
  pathOf(apiPath: string): string
}

/**
 * Reads a provider's base URL in every form its users write it: with or without `/v1`, with a prefix
 * (`/openai/v1`), or with a version of its own (`/v1beta/openai`). `version` is what is put where it says none. Plain http is for this machine and private networks.
 */
export function parseProviderAddress(baseUrl: string, version = 'v1'): Result<ProviderAddress> {
  const url = URL.parse(baseUrl.trim())
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.search || url.hash)
    return invalid(
      `${JSON.stringify(baseUrl.slice(0, 200))} is not the base URL of a model provider.`,
      EXAMPLE,
    )
  if (url.username || url.password)
    return invalid(
      'The base URL of a provider must not hold a user name or password.',
      'Give the key as the key.',
    )
  if (url.protocol === 'http:' && !isNearby(url.hostname))
    return invalid(
      `A key must not cross the internet in clear, as it would to ${url.hostname}.`,
      'Use https.',
    )
  const prefix = url.pathname.replace(/\/+$/, '')
  const root = /\/v\d[a-z0-9]*(\/|$)/.test(prefix) ? prefix : `${prefix}/${version}`
  return ok({ origin: url.origin, pathOf: (apiPath) => `${root}${apiPath}` })
}

const EXAMPLE = 'Give something like https://api.anthropic.com or http://127.0.0.1:11434/v1.'

/** This machine, a private address, or a name that only a private network resolves. */
function isNearby(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host)) return !isPublicAddress(host) && !isLinkLocal(host)
  return !host.includes('.') || /\.(localhost|local|internal|lan|home\.arpa)$/.test(host)
}

/** No model lives there, and the services that hand a cloud machine its credentials do. */
function isLinkLocal(host: string): boolean {
  return /^(169\.254\.|fe[89ab]|fd00:ec2:|fd20:ce:|::ffff:a9fe:)/i.test(host)
}

function invalid(message: string, remedy: string) {
  return refused({ code: 'invalid_configuration', message, remedy })
}
