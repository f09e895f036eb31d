/** Every bound that hostile or careless input meets before it is parsed. Sizes are bytes unless named otherwise. */
export const BOUNDS = {
  intentCharacters: 20_000,
  commentCharacters: 20_000,
  commitMessageCharacters: 20_000,
  globCharacters: 512,
  globs: 200,
  requestBody: 4 * 1024 * 1024,
  projectFile: 256 * 1024,
  fileInPatch: 10 * 1024 * 1024,
  patch: 32 * 1024 * 1024,
  filesInPatch: 2_000,
  agentLine: 1024 * 1024,
  agentOutput: 64 * 1024 * 1024,
  eventText: 16 * 1024,
  gateOutput: 16 * 1024 * 1024,
  diagnosticsPerGate: 5_000,
  modelRequestBody: 64 * 1024 * 1024,
} as const
