import { describe, expect, test } from 'vitest'
import { broughtIn } from '#guards/code-scan/brought-in.ts'

const inJavaScript = (name: string) =>
  `const cp = require('child_process')\nmodule.exports = (req) => { ${name}(req.query.x) }\n`
const inPython = (name: string) =>
  `import os\nfrom flask import request\ndef f():\n    ${name}(request.args['x'])\n`
const inJava = (statement: string) =>
  `class A { void f(javax.servlet.http.HttpServletRequest r) throws Exception { ${statement} } }\n`
const EXEC = 'Runtime.getRuntime().exec(r.getParameter("x"));'
const inCSharp = (name: string) =>
  `class A { void F(HttpRequest r) { System.Diagnostics.${name}(r.Query["x"]); } }\n`

describe('a program that is spelled as nobody spells it', () => {
  test.each([
    ['a.js', inJavaScript('cp.\\u0065xec'), 'javascript.command-injection'],
    ['a.ts', inJavaScript('cp.e\\u{078}ec'), 'javascript.command-injection'],
    ['a.js', inJavaScript('\\u0065val'), 'javascript.code-injection'],
    ['a.js', inJavaScript("cp['\\x65xec']"), 'javascript.command-injection'],
    ['a.py', inPython('os.ｓystem'), 'python.command-injection'],
    ['a.py', inPython('𝘦val'), 'python.code-injection'],
    ['A.java', inJava(EXEC.replace('exec', '\\uu0065xec')), 'java.command-injection'],
    ['A.java', inJava(EXEC.replace('exec', 'ex\u200bec')), 'java.command-injection'],
    ['A.java', inJava(`/* \\u002a/ ${EXEC}`), 'java.command-injection'],
    [
      'A.java',
      inJava(`String s = "\\u0022 + ${EXEC.replaceAll('"', '\\u0022').slice(0, -1)} + \\u0022";`),
      'java.command-injection',
    ],
    ['a.cs', inCSharp('Process.\\u0053tart'), 'csharp.command-injection'],
    ['a.cs', inCSharp('Pro\u00adcess.Start'), 'csharp.command-injection'],
    ['a.cs', inCSharp('@Process.@Start'), 'csharp.command-injection'],
    ['a.php', "<?php SyStem($_GET['x']);", 'php.command-injection'],
    ['a.php', "<?php \\eVal ($_GET['x']);", 'php.code-injection'],
    ['a.phar', "<?php system($_GET['x']);", 'php.command-injection'],
    [
      'tool',
      `#!/usr/bin/env -S X=${'a'.repeat(90)} python3\nimport os, sys\nos.system(sys.argv[1])\n`,
      'python.command-injection',
    ],
    ['A.java', inJava(`// \\u000a ${EXEC}`), 'airlock.could-not-scan'],
    ['A.java', inJava(`// \\\\\\u000d ${EXEC}`), 'airlock.could-not-scan'],
    ['a.py', inPython('# \r    os.system'), 'airlock.could-not-scan'],
    ['A.java', inJava(`// \r ${EXEC}`), 'airlock.could-not-scan'],
    ['a.cs', inCSharp('X(); // \u2028 Process.Start'), 'airlock.could-not-scan'],
    ['a.py', '# coding: utf-7\n# +AAo-import os, sys+AAo-os.system(sys.argv[1])\n', 'airlock.could-not-scan'],
    [
      'a.py',
      '#!/usr/bin/python\n# \u2028 vim: set fileencoding=Raw_Unicode_Escape :\n# \\u000aimport os\n',
      'airlock.could-not-scan',
    ],
  ])('is read as it runs, or not passed: %s %j', (path, text, rule) => {
    expect(broughtIn({ path, after: Buffer.from(text) }).findings.map((found) => found.rule)).toEqual([rule])
  })

  test.each([
    ...['utf-8', 'UTF_8', 'utf-8-unix', 'latin-1', 'cp1252', 'iso-8859-15'].map((coding) => [
      'a.py',
      `# -*- coding: ${coding} -*-\nx = 'ｅval ½ ﬁ'\n`,
    ]),
    ['a.py', 'x = 1\r\n# y\r\n'],
    ['a.py', "'''\n\n# coding: utf-7'''\nx = 1\n"],
    ['A.java', 'class A { String a = "\\\\u000a", b = "\\u0041\\u005c\\u0022", c = "\\u0000"; }\n'],
    ['a.js', "const a = '\\u0027\\u{1f600}\\\\u0065', b = /\\x2f/\n"],
    ['a.cs', 'class A { int @class = 1; string b = @"\\u0022"; }\n'],
  ])('is what others write every day: %s %j', (path, text) => {
    expect(broughtIn({ path, after: Buffer.from(text) }).findings).toEqual([])
  })
})
