import type { ColumnType } from 'kysely'
import type { Instant } from '#kernel/instant.ts'

/** Parsed on the way out; written as text made by `json()`, because the driver takes a JSON array for an SQL one. */
export type Json<T> = ColumnType<T, string, string>
/** ISO text in UTC with milliseconds both ways. */
export type Moment = ColumnType<Instant, Instant, Instant>
export type Bytes = ColumnType<Uint8Array, Uint8Array, Uint8Array>
/** Written by the server from `app.organisation`, so that no call can name another one. */
export type Organisation = ColumnType<string, never, never>
