import { AuditPage, PageRequest } from '#contract/api.ts'
import { ok } from '#kernel/result.ts'
import { jsonRoute, type Route, rawRoute } from '../route.ts'

export const auditRoutes: readonly Route[] = [
  jsonRoute({
    method: 'get',
    path: '/v1/audit/entries',
    action: 'audit.list',
    place: 'organisation',
    summary: 'The audit log, newest first',
    query: PageRequest,
    reply: AuditPage,
    run: ({ application, actor, query }) => application.auditEntries(actor, query),
  }),
  rawRoute({
    method: 'get',
    path: '/v1/audit/checkpoint',
    action: 'audit.checkpoint',
    place: 'organisation',
    summary: 'The newest signed checkpoint (C2SP tlog-checkpoint)',
    mediaTypes: ['text/plain'],
    async run({ application, actor }) {
      const checkpoint = await application.auditCheckpoint(actor)
      return checkpoint.ok ? ok(new Response(checkpoint.value)) : checkpoint
    },
  }),
  rawRoute({
    method: 'get',
    path: '/v1/audit/export',
    action: 'audit.export',
    place: 'organisation',
    summary: 'The whole log, to be verified offline',
    mediaTypes: ['application/octet-stream'],
    async run({ application, actor }) {
      const bytes = await application.auditExport(actor)
      if (!bytes.ok) return bytes
      const body = ReadableStream.from<Uint8Array>(bytes.value)
      return ok(new Response(body, { headers: { 'content-type': 'application/octet-stream' } }))
    },
  }),
]
