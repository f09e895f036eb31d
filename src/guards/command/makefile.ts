import type { ParsedScript } from 'unbash'

/**
 * Lines of makefiles are judged as they stand, without make: `$(CC) -c $<`. A shell would run a program named `CC`, and
 * there is none, so nothing is lost by reading what was meant.
 */

/** The variable that `$(NAME)` names: capitals, or words joined by underscores, alone between the brackets. */
export function makeVariable(script: ParsedScript): string | undefined {
  const [statement, another] = script.commands
  const command = statement?.command
  if (another !== undefined || command?.type !== 'Command') return undefined
  if (command.args.length > 0 || command.redirects.length > 0 || command.prefix.length > 0) return undefined
  const name = command.name?.text
  return name !== undefined && VARIABLE.test(name) ? name : undefined
}

const VARIABLE = /^([A-Z][A-Z0-9_]*(-\$\S{1,40})?|[A-Za-z][A-Za-z0-9]*_[A-Za-z0-9_]*)$/

/** Variables that stand before a command, and are empty, `@` or `sudo`: `$(Q) rm -f x`, `$SUDO make install`. */
export const PREFIX = /^\$\{?(Q|V|AT|E|SUDO|DOAS|QUIET|SILENT|VERBOSE|V_\w{1,20}|\w{1,20}_verbose)\}?$/i

/** Functions of make; no program has these names. */
export const MAKE_FUNCTIONS = new Set(
  'call info warning error patsubst subst wildcard filter filter-out foreach addprefix addsuffix notdir firstword lastword abspath origin flavor'.split(
    ' ',
  ),
)

/** The text without what only make understands; the text itself where there is nothing of the kind. */
export function withoutMakefile(text: string): string {
  return text
    .replace(/\$\(([<^?*+%@])[DF]?\)|\$<(?![(<])/g, '"$automatic"')
    .replace(/\$\(if (?=\$\()/g, '$(call ')
    .replace(/^[ \t]{0,8}\$\([A-Za-z]\w{0,40}\)[ \t]{0,8}(?=(for|if|while|case|set) |\()/gm, '')
}
