import { type TokenRule, token } from '../token-rule.ts'

/** Keys that move money or goods. */
export const PAYMENTS: readonly TokenRule[] = [
  {
    ...token(
      'stripe-key',
      'Stripe',
      'sk_live_{a20,247}',
      'rk_live_{a20,247}',
      'sk_prod_{a20,247}',
      'sk_test_{a20,247}',
      'rk_test_{a20,247}',
      'sk_org_{a20,247}',
    ),
    near: ['pk_live_ is the prefix of publishable keys', 'sk_live_yourkeyhere', 'sk_test_...'],
  },
  token('stripe-webhook-secret', 'Stripe', 'whsec_{b32,64}'),
  token('square-token', 'Square', 'sq0atp-{w22}', 'sq0csp-{w43}', 'sq0idp-{w22}'),
  { ...token('square-access-token', 'Square', 'EAAA{w60}'), confidence: 'medium' },
  token(
    'paypal-token',
    'PayPal',
    ['access_token$production', '{l16}', '{h32}'].join('$'),
    ['access_token$sandbox', '{l16}', '{h32}'].join('$'),
  ),
  token('razorpay-key', 'Razorpay', 'rzp_live_{a14,24}', 'rzp_test_{a14,24}'),
  token(
    'plaid-token',
    'Plaid',
    'access-production-{uuid}',
    'access-development-{uuid}',
    'access-sandbox-{uuid}',
  ),
  token('flutterwave-key', 'Flutterwave', 'FLWSECK-{h32}-X', 'FLWSECK_TEST-{h32}-X', 'FLWSECK_TEST-{h12}'),
  token('mollie-key', 'Mollie', 'live_{a30}', 'test_{a30}'),
  token('lob-key', 'Lob', 'live_{h35}', 'test_{h35}'),
  token('gocardless-token', 'GoCardless', 'live_{w40}'),
  token('shippo-key', 'Shippo', 'shippo_live_{h40}', 'shippo_test_{h40}'),
  token('easypost-key', 'EasyPost', 'EZAK{a54}', 'EZTK{a54}'),
  token('duffel-token', 'Duffel', 'duffel_live_{w43}', 'duffel_test_{w43}'),
  token('adyen-key', 'Adyen', 'AQE{l1}hm{b80,140}'),
  token('checkout-key', 'Checkout.com', 'sk_{uuid}', 'sk_test_{uuid}'),
  token('coinbase-key', 'Coinbase', 'organizations/{uuid}/apiKeys/{uuid}'),
  token('paddle-key', 'Paddle', 'pdl_live_apikey_{l26}_{a22}_{a3}', 'pdl_sdbx_apikey_{l26}_{a22}_{a3}'),
  token('xendit-key', 'Xendit', 'xnd_production_{a40,80}', 'xnd_development_{a40,80}'),
]
