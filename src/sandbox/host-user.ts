/** The unprivileged account of the host as which sandboxes run; inside it appears as uid 1000. */
export interface HostUser {
  readonly uid: number
  readonly gid: number
}
