/** The look of the pages of sign-in: fonts of the system, both colour schemes, nothing loaded from elsewhere. */
export const STYLE = `:root{color-scheme:light dark;--ground:#f4f5f3;--card:#fff;--ink:#1b211e;--quiet:#5b655f;--line:#d5dad6;
--accent:#0b6b4f;--on-accent:#fff;--bad:#9c1f1f;--bad-ground:#fbeceb;--good-ground:#e8f4ee;--code:#eef1ef}
@media (prefers-color-scheme:dark){:root{--ground:#121614;--card:#1b211e;--ink:#eef2ef;--quiet:#a3aea8;--line:#343d38;
--accent:#5fd0a8;--on-accent:#08261b;--bad:#ffb3ab;--bad-ground:#3a1c1a;--good-ground:#173428;--code:#242c28}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:2rem 1rem;background:var(--ground);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main{width:100%;max-width:26rem;padding:2rem;background:var(--card);border:1px solid var(--line);border-radius:.9rem;
box-shadow:0 1px 2px #0001,0 12px 32px #0000000f}
main.wide{max-width:44rem}
.brand{display:flex;align-items:center;gap:.55rem;margin:0 0 1.4rem;font-weight:650;letter-spacing:.01em;color:var(--quiet)}
.brand span{width:1.05rem;height:1.05rem;border:.2rem solid var(--accent);border-radius:50%}
h1{margin:0 0 .4rem;font-size:1.5rem;line-height:1.25}
h1+form{margin-top:1.3rem}
h2{margin:2rem 0 .4rem;font-size:1.08rem}
p{margin:.4rem 0 1rem;overflow-wrap:anywhere}
.quiet,small{color:var(--quiet)}
.problem,.news{padding:.7rem .9rem;border-radius:.5rem;background:var(--good-ground)}
.problem{background:var(--bad-ground);color:var(--bad)}
label{display:block;margin:0 0 1rem;font-weight:550}
label small{display:block;font-weight:400}
input,select{display:block;width:100%;margin-top:.3rem;padding:.6rem .7rem;font:inherit;font-weight:400;color:inherit;background:transparent;
border:1px solid var(--quiet);border-radius:.5rem}
input.code{font:1.4rem/1.3 ui-monospace,Menlo,Consolas,monospace;letter-spacing:.18em}
button,.button{display:block;width:100%;padding:.65rem 1rem;font:inherit;font-weight:600;text-align:center;cursor:pointer;
color:var(--on-accent);background:var(--accent);border:1px solid var(--accent);border-radius:.5rem;text-decoration:none}
button.second{color:inherit;background:transparent;border-color:var(--line)}
button.small{display:inline-block;width:auto;padding:.3rem .7rem;font-size:.92rem}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
a{color:var(--accent)}
hr{margin:1.4rem 0;border:0;border-top:1px solid var(--line)}
.row{display:flex;gap:.7rem}
.row>*{flex:1}
section{margin:1.6rem 0 0;padding:1.4rem 0 0;border-top:1px solid var(--line)}
section h2,.steps h2{margin-top:0}
.mark{display:inline-block;margin-left:.3rem;padding:.05rem .55rem;border:1px solid var(--line);border-radius:1rem;font-size:.8rem;font-weight:500}
.mark.on{color:var(--accent);border-color:var(--accent)}
details{margin:0 0 .7rem;padding:.55rem .8rem;border:1px solid var(--line);border-radius:.5rem}
summary{cursor:pointer;font-weight:550}
details[open] summary{margin-bottom:.6rem}
.inline{display:flex;flex-wrap:wrap;gap:.7rem;align-items:flex-end}
.inline label{flex:1 1 14rem;margin:0}
.inline button{width:auto;flex:0 0 auto}
.steps{margin:1.2rem 0 0;padding:0;list-style:none;counter-reset:step}
.steps>li{position:relative;margin:0 0 1.6rem;padding-left:2.4rem;counter-increment:step}
.steps>li::before{content:counter(step);position:absolute;left:0;top:.05rem;width:1.6rem;height:1.6rem;border-radius:50%;
background:var(--accent);color:var(--on-accent);font-weight:650;font-size:.95rem;line-height:1.6rem;text-align:center}
.scan{display:flex;flex-wrap:wrap;gap:1.2rem;align-items:center}
.scan>div{flex:1 1 14rem}
.qr{width:12.5rem;height:12.5rem;border-radius:.5rem;background:#fff;fill:#000}
ul.list{margin:0 0 1rem;padding:0;list-style:none}
ul.list li{display:flex;flex-wrap:wrap;gap:.3rem 1rem;align-items:center;justify-content:space-between;padding:.6rem 0;
border-bottom:1px solid var(--line)}
ul.list li span{min-width:0;overflow-wrap:anywhere}
ul.list li span small{display:block}
ul.list .mark{margin:0}
dl{display:grid;grid-template-columns:auto 1fr;gap:.3rem 1rem;margin:1rem 0}
dt{color:var(--quiet)}dd{margin:0;overflow-wrap:anywhere}
pre{margin:.6rem 0 1rem;padding:.8rem .9rem;background:var(--code);border-radius:.5rem;overflow-wrap:anywhere;white-space:pre-wrap;
font:.95rem/1.6 ui-monospace,Menlo,Consolas,monospace}
pre.codes{columns:2}
form{margin:0 0 .7rem}
.row form{margin:0}
[hidden]{display:none}
@media (max-width:30rem){main{padding:1.4rem}.inline button{flex:1 1 100%}.row{flex-direction:column}.steps>li{padding-left:0}
.steps h2{padding-left:2.3rem}.scan{justify-content:center}}
`
