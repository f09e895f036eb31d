/**
 * What the types of `@better-auth/sso` need of samlify, and the little that the provider of the tests calls. Its own would
 * bring the types of a browser in for all of Airlock, where half of them are wrong; tsconfig.json sends the compiler here.
 */
export type FlowResult = unknown
export interface ServiceProvider {
  readonly entityMeta: unknown
}
export interface IdentityProvider {
  parseLoginRequest(
    sp: ServiceProvider,
    binding: 'redirect',
    request: { readonly query: Readonly<Record<string, string>> },
  ): Promise<{ readonly extract: { readonly request: { readonly id: string } } }>
  createLoginResponse(
    sp: ServiceProvider,
    request: object,
    binding: 'post',
    user: object,
    fill: (template: string) => { readonly id: string; readonly context: string },
  ): Promise<{ readonly context: string }>
  getMetadata(): string
}
export function ServiceProvider(settings: object): ServiceProvider
export function IdentityProvider(settings: object): IdentityProvider
export function setSchemaValidator(validator: { validate(xml: string): Promise<string> }): void
export const SamlLib: {
  replaceTagsByValue(template: string, values: Readonly<Record<string, string>>): string
}
