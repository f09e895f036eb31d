import { STYLE } from '../sign-in/style.ts'

/** The look of a shared task: that of sign-in, with room for a patch. */
export const SHARE_STYLE = `${STYLE}
body{place-items:start center}
main.wide{max-width:62rem}
h1{white-space:pre-wrap;overflow-wrap:anywhere}
.state{display:inline-block;margin:0 0 .8rem;padding:.15rem .6rem;border-radius:1rem;font-size:.9rem;background:var(--code);color:var(--quiet)}
.state-published,.verdict.pass{color:var(--accent)}
.state-failed,.state-rejected,.verdict.regressed,.verdict.could_not_check{color:var(--bad)}
blockquote{margin:.4rem 0 1rem;padding:.2rem 0 .2rem 1rem;border-left:3px solid var(--line);white-space:pre-wrap;overflow-wrap:anywhere}
code{font:.92em ui-monospace,Menlo,Consolas,monospace}
ins,.added{color:var(--accent);text-decoration:none}
del,.removed{color:var(--bad);text-decoration:none}
pre.diff{padding:0;overflow-x:auto;white-space:pre;overflow-wrap:normal;font-size:.86rem}
pre.diff span{display:block;padding:0 .9rem;min-width:max-content}
pre.diff .added{background:var(--good-ground);color:inherit}
pre.diff .removed{background:var(--bad-ground);color:inherit}
pre.diff .file{margin-top:1rem;padding-top:.4rem;font-weight:650;border-top:1px solid var(--line)}
pre.diff .file:first-child{margin-top:0;border-top:0}
pre.diff .head,pre.diff .hunk{color:var(--quiet)}
`
