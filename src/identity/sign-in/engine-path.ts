/** Where the engine's own endpoints would be; the app lets only the way back from an identity provider through. */
export const ENGINE_PATH = '/auth/engine'
