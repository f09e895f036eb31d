/** Sends the one form of a page that only passes something on; without scripts its button does. */
export const ONWARDS_SCRIPT = `'use strict'
document.querySelector('form').submit()
`
