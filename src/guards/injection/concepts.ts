/** The ideas an injected order is made of, whatever its language; a word or phrase may carry several. */
export const CONCEPT = {
  override: 1 << 0,
  prior: 1 << 1,
  instruction: 1 << 2,
  reveal: 1 << 3,
  prompt: 1 << 4,
  secret: 1 << 5,
  your: 1 << 6,
  user: 1 << 7,
  hide: 1 << 8,
  role: 1 << 9,
  free: 1 << 10,
  agent: 1 << 11,
  fresh: 1 << 12,
  loosen: 1 << 13,
  matter: 1 << 14,
  send: 1 << 15,
  belongings: 1 << 16,
  answer: 1 << 17,
  persona: 1 << 18,
  threat: 1 << 19,
  tool: 1 << 20,
  must: 1 << 21,
  address: 1 << 22,
  act: 1 << 23,
  please: 1 << 24,
  mine: 1 << 25,
  steer: 1 << 26,
  silent: 1 << 27,
  decode: 1 << 28,
  safety: 1 << 29,
  every: 1 << 30,
  /** No idea of its own: a word for whose sake the wording of a sentence is read. */
  hint: 1 << 31,
} as const

export type Concept = keyof typeof CONCEPT

/** Words of one language by idea, `|` between them; `ignor*` stands for every word that begins so. */
export type Lexicon = Readonly<Partial<Record<Concept, string>>>
