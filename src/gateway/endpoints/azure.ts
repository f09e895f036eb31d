import { ok, type Result, refused } from '#kernel/result.ts'
import type { Provider } from '../gateway.ts'
import { parseProviderAddress } from '../provider-address.ts'
import { redactionOf } from '../redact.ts'
import type { Endpoint } from './endpoint.ts'

/**
 * OpenAI's protocols on Azure, by key: `https://<resource>.openai.azure.com` means its v1 API, where a deployment is
 * named like a model; with `?api-version=…` the dated API, where chat has a path for each deployment. In the form of
 * https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle.
 */
export function azureEndpoint(provider: Provider): Result<Endpoint> {
  if (!provider.protocol.startsWith('openai-'))
    return invalid('Azure takes a key of its own for OpenAI’s protocols only.', 'Leave --service out.')
  const [base = '', question] = provider.baseUrl.split('?')
  const version = question === undefined ? undefined : /^api-version=([\w.-]{1,40})$/.exec(question)?.[1]
  if (question !== undefined && version === undefined)
    return invalid(
      'The base URL of a provider holds no question but an api-version.',
      'Give it as https://<resource>.openai.azure.com/openai?api-version=2024-10-21.',
    )
  const address = parseProviderAddress(base)
  if (!address.ok) return address
  const prefix = new URL(base).pathname.replace(/\/+$/, '').replace(/\/v1$/, '') || '/openai'
  const root = version === undefined ? `${prefix}/v1` : prefix
  const dated = version === undefined ? '' : `?api-version=${version}`
  const perDeployment = version !== undefined && provider.protocol === 'openai-chat'
  const pass = { headers: { 'api-key': provider.key }, redaction: redactionOf(provider.key) }
  return ok({
    origin: address.value.origin,
    target: ({ apiPath, model }) =>
      (perDeployment ? `${root}/deployments/${encodeURIComponent(model)}` : root) + apiPath + dated,
    models: `${root}/models${dated}`,
    pass: () => pass,
    body: (body) => body,
  })
}

function invalid(message: string, remedy: string) {
  return refused({ code: 'invalid_configuration', message, remedy })
}
