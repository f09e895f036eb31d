import { type TokenRule, token } from '../token-rule.ts'

/** Keys of monitoring, logging and error tracking. */
export const OPERATIONS: readonly TokenRule[] = [
  token(
    'newrelic-key',
    'New Relic',
    [
      'NRAK-{u27}',
      'NRII-{w32}',
      'NRIQ-{w32}',
      'NRJS-{h19}',
      'NRRA-{h42}',
      'NRSP-{a2}{u1,4}{a30,40}',
      '{h36}NRAL',
    ],
    ['NRAK-{u16}', 'nrii-{w32}', 'NRIQ-{w39}'],
  ),
  token(
    'sentry-token',
    'Sentry',
    [
      'sntryu_{h64}',
      'sntrys_{b80,600}',
      'sntrys_{b40,500}_{b43}',
      'sntrys_{b40,500}=_{b43}',
      'sntrys_{b40,500}==_{b43}',
    ],
    ['sntryu_{h38}', 'SNTRYS_{b80,600}', 'sntrys_{b40,500}_{b50}'],
  ),
  token(
    'grafana-token',
    'Grafana',
    ['glsa_{a32}_{h8}', 'glc_eyJ{b40,400}', 'eyJrIjoi{b60,400}'],
    ['glsa_{a19}_{h8}', 'GLC_eyJ{b40,400}', 'eyJrIjoi{b30} {b30}'],
  ),
  token(
    'honeycomb-key',
    'Honeycomb',
    ['hcaik_{l58}', 'hcxik_{l58}', 'hcalk_{l58}'],
    ['hcaik_{l34}', 'HCXIK_{l58}', 'hcalk_{l65}'],
  ),
  token(
    'dynatrace-token',
    'Dynatrace',
    ['dt0c01.{u24}.{u64}', 'dt0s16.{u8}.{u64}', 'dt0s01.{u8}.{u64}'],
    ['dt0c01.{u24}.{u38}', 'DT0s16.{u8}.{u64}', 'dt0s01.{u8}.{u71}'],
  ),
  token('posthog-key', 'PostHog', ['phx_{a40,50}'], ['phx_{a24}', 'PHX_{a40,50}', 'phx_{a59}']),
  token(
    'axiom-token',
    'Axiom',
    ['xaat-{uuid}', 'xapt-{uuid}'],
    ['xaat-{h8}-{h4}-{h4}', 'XAPT-{uuid}', 'xaat-{uuid}{h6}'],
  ),
  token(
    'maxmind-key',
    'MaxMind',
    ['{a6}_{a29}_mmk'],
    ['{a6}_{a17}_mmk', '{a6}_{a36}_mmk', '{a6}_{a14} {a14}_mmk'],
  ),
  token(
    'logfire-token',
    'Logfire',
    ['pylf_v1_{l2}_{a40,50}'],
    ['pylf_v1_{l2}_{a24}', 'PYLF_v1_{l2}_{a40,50}', 'pylf_v1_{l2}_{a59}'],
  ),
  token('checkly-key', 'Checkly', ['cu_{h32}'], ['cu_{h19}', 'CU_{h32}', 'cu_{h39}']),
  token('statsig-key', 'Statsig', ['secret-{a40,50}'], ['secret-{a24}', 'SECRET-{a40,50}', 'secret-{a59}']),
  token(
    'datadog-key',
    'Datadog',
    ['ddapp_{a34}', 'ddapi_{a34}'],
    ['ddapp_{a20}', 'DDAPI_{a34}', 'ddapp_{a41}'],
  ),
]
