/**
 * True for a text of any language that starts a shell and does nothing else with it: `exec "/bin/sh"`, `system('/bin/bash')`,
 * `%(/bin/sh 1>&2)`, `}; /bin/sh #`, `"preinstall": "/bin/sh"`. `sh -c '…'` says what it does, and is not meant.
 */
export function startsShell(text: string): boolean {
  if (!text.includes('/bin/') || text.length > LONGEST) return false
  return BODY.test(text) || CALLED.test(text) || SPLICED.test(text) || VALUE.test(text)
}

const LONGEST = 16 * 1024
const BODY = /^[ \t]{0,8}(\/usr)?\/bin\/(ba|da|z|k|c|a)?sh[ \t]{0,8}$/m
const CALLED =
  /(?:\b|\\[tn])(exec\w{0,4}|system|SYSTEM|spawn\w{0,4}|popen|Popen|call\w{0,9}|run)\W{1,6}(\/usr)?\/bin\/(ba|da|z|k|c|a)?sh(?!['"]?,[ \t]{0,3}['"]-\w{0,3}c)['")\]]{0,3}[ \t]{0,3}($|[\n;,<'"]|-[ip]\b|[0-9]?[<>])/m
const SPLICED =
  /([;|`({]|%\()[ \t]{0,3}(\/usr)?\/bin\/(ba|da|z|k|c|a)?sh[ \t]{0,3}($|[\n;#<`)}]|-[ip]\b|[0-9]?[<>])/m
const VALUE =
  /"(?![^"]{0,40}shell)[\w-]{1,40}":[ \t]{0,3}"(\/usr)?\/bin\/(ba|da|z|k|c|a)?sh( -i[^"]{0,80})?"/i
