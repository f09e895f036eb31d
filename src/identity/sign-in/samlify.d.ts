/**
 * What the types of `@better-auth/sso` need of samlify. Its own would bring the types of a browser in for all of Airlock,
 * where half of them are wrong; tsconfig.json sends the compiler here instead.
 */
export type FlowResult = unknown
export type IdentityProvider = unknown
export type ServiceProvider = unknown
