/** Micro-dollars as people write money: `$0.12`, and more digits while it is less than a cent. */
export function dollars(microDollars: number): string {
  const value = microDollars / 1_000_000
  if (value !== 0 && Math.abs(value) < 0.01) return `$${value.toFixed(4)}`
  return `$${value.toFixed(2)}`
}

/** `850 ms` is `0.9 s`; then `42 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${Math.max(0, seconds).toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  const two = (value: number) => String(value).padStart(2, '0')
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

/** How long ago a moment was, in one unit: `now`, `5 min ago`, `3 days ago`. */
export function ago(instant: string, now: number): string {
  const seconds = Math.max(0, (now - Date.parse(instant)) / 1000)
  if (seconds < 45) return 'now'
  if (seconds < 3600) return `${Math.max(1, Math.round(seconds / 60))} min ago`
  if (seconds < 86_400) return `${Math.round(seconds / 3600)} h ago`
  const days = Math.round(seconds / 86_400)
  return days === 1 ? '1 day ago' : `${days} days ago`
}

/** `1 file`, `2 files`. */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`
}

/** `950`, `12.3k`, `4.1M`. */
export function compact(amount: number): string {
  if (amount < 1000) return String(amount)
  return amount < 1_000_000 ? `${(amount / 1000).toFixed(1)}k` : `${(amount / 1_000_000).toFixed(1)}M`
}
