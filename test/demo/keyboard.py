"""Runs a command at a terminal of its own and types: keyboard.py STEPS COMMAND...

STEPS is JSON: [[what to wait for, what to type then], ...]; typing null closes the terminal. Prints what was shown.
Exits with the command's exit code.
"""
import fcntl
import json
import os
import pty
import re
import struct
import sys
import termios
import time

STYLE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]")

steps = json.loads(sys.argv[1])
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 110, 0, 0))

seen = b""
looked = 0
while True:
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    seen += chunk
    plain = STYLE.sub(b"", seen)
    if steps and steps[0][0].encode() in plain[looked:]:
        keys = steps.pop(0)[1]
        looked = len(plain)
        if keys is None:
            os.close(terminal)
            break
        time.sleep(0.3)
        os.write(terminal, keys.encode())

_, status = os.waitpid(pid, 0)
sys.stdout.buffer.write(seen)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(status) & 0xFF)
