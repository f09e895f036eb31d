import { type TokenRule, token } from '../token-rule.ts'

/** Keys of monitoring, logging and error tracking. */
export const OPERATIONS: readonly TokenRule[] = [
  token(
    'newrelic-key',
    'New Relic',
    'NRAK-{u27}',
    'NRII-{w32}',
    'NRIQ-{w32}',
    'NRJS-{h19}',
    'NRRA-{h42}',
    'NRSP-{a2}{u1,4}{a30,40}',
    '{h36}NRAL',
  ),
  token(
    'sentry-token',
    'Sentry',
    'sntryu_{h64}',
    'sntrys_{b80,600}',
    'sntrys_{b40,500}_{b43}',
    'sntrys_{b40,500}=_{b43}',
    'sntrys_{b40,500}==_{b43}',
  ),
  token('grafana-token', 'Grafana', 'glsa_{a32}_{h8}', 'glc_eyJ{b40,400}', 'eyJrIjoi{b60,400}'),
  token('honeycomb-key', 'Honeycomb', 'hcaik_{l58}', 'hcxik_{l58}', 'hcalk_{l58}'),
  token('dynatrace-token', 'Dynatrace', 'dt0c01.{u24}.{u64}', 'dt0s16.{u8}.{u64}', 'dt0s01.{u8}.{u64}'),
  token('posthog-key', 'PostHog', 'phx_{a40,50}'),
  token('axiom-token', 'Axiom', 'xaat-{uuid}', 'xapt-{uuid}'),
  token('maxmind-key', 'MaxMind', '{a6}_{a29}_mmk'),
  token('logfire-token', 'Logfire', 'pylf_v1_{l2}_{a40,50}'),
  token('checkly-key', 'Checkly', 'cu_{h32}'),
  token('statsig-key', 'Statsig', 'secret-{a40,50}'),
  token('datadog-key', 'Datadog', 'ddapp_{a34}', 'ddapi_{a34}'),
]
