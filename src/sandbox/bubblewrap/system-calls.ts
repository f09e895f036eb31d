/** The processors Airlock has a system call filter for, by the names Node gives them. */
export type Architecture = 'x64' | 'arm64'

/** Refused with EPERM: mounting, other namespaces, other processes' memory, keyrings, the kernel itself. */
export const FORBIDDEN = {
  mount: { x64: 165, arm64: 40 },
  umount2: { x64: 166, arm64: 39 },
  move_mount: { x64: 429, arm64: 429 },
  open_tree: { x64: 428, arm64: 428 },
  open_tree_attr: { x64: 467, arm64: 467 },
  fsopen: { x64: 430, arm64: 430 },
  fsconfig: { x64: 431, arm64: 431 },
  fsmount: { x64: 432, arm64: 432 },
  fspick: { x64: 433, arm64: 433 },
  mount_setattr: { x64: 442, arm64: 442 },
  pivot_root: { x64: 155, arm64: 41 },
  chroot: { x64: 161, arm64: 51 },
  setns: { x64: 308, arm64: 268 },
  unshare: { x64: 272, arm64: 97 },
  ptrace: { x64: 101, arm64: 117 },
  process_vm_readv: { x64: 310, arm64: 270 },
  process_vm_writev: { x64: 311, arm64: 271 },
  kcmp: { x64: 312, arm64: 272 },
  pidfd_getfd: { x64: 438, arm64: 438 },
  bpf: { x64: 321, arm64: 280 },
  perf_event_open: { x64: 298, arm64: 241 },
  userfaultfd: { x64: 323, arm64: 282 },
  keyctl: { x64: 250, arm64: 219 },
  add_key: { x64: 248, arm64: 217 },
  request_key: { x64: 249, arm64: 218 },
  kexec_load: { x64: 246, arm64: 104 },
  kexec_file_load: { x64: 320, arm64: 294 },
  init_module: { x64: 175, arm64: 105 },
  finit_module: { x64: 313, arm64: 273 },
  delete_module: { x64: 176, arm64: 106 },
  create_module: { x64: 174 },
  get_kernel_syms: { x64: 177 },
  query_module: { x64: 178 },
  reboot: { x64: 169, arm64: 142 },
  swapon: { x64: 167, arm64: 224 },
  swapoff: { x64: 168, arm64: 225 },
  acct: { x64: 163, arm64: 89 },
  quotactl: { x64: 179, arm64: 60 },
  quotactl_fd: { x64: 443, arm64: 443 },
  syslog: { x64: 103, arm64: 116 },
  settimeofday: { x64: 164, arm64: 170 },
  clock_settime: { x64: 227, arm64: 112 },
  adjtimex: { x64: 159, arm64: 171 },
  clock_adjtime: { x64: 305, arm64: 266 },
  iopl: { x64: 172 },
  ioperm: { x64: 173 },
  modify_ldt: { x64: 154 },
  vhangup: { x64: 153, arm64: 58 },
  sethostname: { x64: 170, arm64: 161 },
  setdomainname: { x64: 171, arm64: 162 },
  name_to_handle_at: { x64: 303, arm64: 264 },
  open_by_handle_at: { x64: 304, arm64: 265 },
  fanotify_init: { x64: 300, arm64: 262 },
  fanotify_mark: { x64: 301, arm64: 263 },
  mbind: { x64: 237, arm64: 235 },
  set_mempolicy: { x64: 238, arm64: 237 },
  set_mempolicy_home_node: { x64: 450, arm64: 450 },
  migrate_pages: { x64: 256, arm64: 238 },
  move_pages: { x64: 279, arm64: 239 },
  lookup_dcookie: { x64: 212, arm64: 18 },
  uselib: { x64: 134 },
  nfsservctl: { x64: 180, arm64: 42 },
  sysfs: { x64: 139 },
  ustat: { x64: 136 },
  _sysctl: { x64: 156 },
} as const satisfies NumberTable

/** Refused with ENOSYS, as on an older kernel, because programs then fall back to something the filter can read. */
export const ABSENT = {
  clone3: { x64: 435, arm64: 435 }, // its flags are behind a pointer; glibc falls back to clone
  io_uring_setup: { x64: 425, arm64: 425 }, // its requests pass no filter; libuv falls back to threads
  io_uring_enter: { x64: 426, arm64: 426 },
  io_uring_register: { x64: 427, arm64: 427 },
  memfd_secret: { x64: 447, arm64: 447 },
  statmount: { x64: 457, arm64: 457 },
  listmount: { x64: 458, arm64: 458 },
  lsm_set_self_attr: { x64: 460, arm64: 460 },
  process_madvise: { x64: 440, arm64: 440 },
} as const satisfies NumberTable

/** Allowed or refused by their arguments. */
export const EXAMINED = {
  clone: { x64: 56, arm64: 220 },
  personality: { x64: 135, arm64: 92 },
  mknod: { x64: 133 },
  mknodat: { x64: 259, arm64: 33 },
  ioctl: { x64: 16, arm64: 29 },
  socket: { x64: 41, arm64: 198 },
  socketpair: { x64: 53, arm64: 199 },
} as const satisfies NumberTable

/** file_setattr (Linux 6.17). Anything newer was not looked at yet, so it is absent. */
export const NEWEST_KNOWN = 469

type NumberTable = Readonly<Record<string, { readonly x64: number; readonly arm64?: number }>>

/** The numbers a table has on one processor; calls that do not exist there are left out. */
export function numbersOn(architecture: Architecture, table: NumberTable): readonly number[] {
  return Object.values(table).flatMap((entry) => entry[architecture] ?? [])
}
