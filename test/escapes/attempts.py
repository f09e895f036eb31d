# Runs inside a sandbox and tries what it must not be able to do. Prints one JSON object: attempt -> outcome.
import ctypes, errno, json, os, socket, stat, subprocess, sys

outcomes = {}
descriptors_at_start = sorted(name for name in os.listdir('/proc/self/fd') if os.path.exists('/proc/self/fd/' + name))

def attempt(name, action):
    try:
        outcomes[name] = 'done: %r' % (action(),)
    except OSError as error:
        outcomes[name] = errno.errorcode.get(error.errno, str(error))
    except Exception as error:
        outcomes[name] = type(error).__name__

def write(path):
    with open(path, 'w') as file:
        file.write('x')

def append(path):
    with open(path, 'a') as file:
        file.write('x')

def connect(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as client:
        client.settimeout(3)
        client.connect(address)

def send(address):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.sendto(b'x', address)

def xattr():
    write('/workspace/capable')
    os.setxattr('/workspace/capable', 'security.capability', b'\x01\x00\x00\x02' + b'\xff' * 16)

def sparse():
    with open('/workspace/sparse', 'w') as file:
        file.truncate(1 << 40)

def descriptors():
    files = []
    try:
        while True:
            files.append(open('/dev/null'))
    finally:
        for file in files:
            file.close()

def tty():
    descriptor = os.open('/dev/tty', os.O_RDWR)
    os.close(descriptor)

for path in ['/', '/usr', '/usr/bin', '/bin', '/lib', '/etc', '/dev', '/run', '/run/airlock', '/home', '/var', '/opt',
             '/opt/tools', '/proc', '/proc/acpi']:
    attempt('create in ' + path, lambda: write(path + '/intruder'))
for path in ['/etc/passwd', '/etc/hosts', '/opt/tools/tool', '/usr/bin/env', '/proc/sys/kernel/core_pattern',
             '/proc/sys/kernel/hostname', '/proc/sysrq-trigger', '/proc/self/uid_map', '/proc/self/setgroups',
             '/proc/1/oom_score_adj']:
    attempt('append to ' + path, lambda: append(path))
attempt('lower own oom score', lambda: os.write(os.open('/proc/self/oom_score_adj', os.O_WRONLY), b'-500'))
attempt('remove the socket', lambda: os.unlink('/run/airlock/model.sock'))
attempt('rename the socket', lambda: os.rename('/run/airlock/model.sock', '/run/airlock/other'))
attempt('remove a mask', lambda: os.unlink('/proc/kallsyms'))
for path in ['/etc/shadow', '/etc/ssh', '/root', '/sys', '/boot', '/mnt', '/srv', '/var/run/docker.sock', '/run/dbus',
             '/run/systemd', '/run/user', '/var/lib', '/dev/mem', '/dev/kmsg', '/dev/kvm', '/dev/fuse', '/dev/vda',
             '/dev/sda', '/dev/net/tun', '/dev/vsock', '/dev/shm/../../tmp/.X11-unix', sys.argv[1]]:
    attempt('look at ' + ('a neighbour' if path == sys.argv[1] else path), lambda: os.stat(path))

attempt('become root', lambda: os.setuid(0))
attempt('give a file to root', lambda: (write('/workspace/f'), os.chown('/workspace/f', 0, 0)))
attempt('make a block device', lambda: os.mknod('/workspace/disk', 0o600 | stat.S_IFBLK, os.makedev(254, 0)))
attempt('make a character device', lambda: os.mknod('/workspace/mem', 0o600 | stat.S_IFCHR, os.makedev(1, 1)))
attempt('set a file capability', xattr)
attempt('be more important', lambda: os.nice(-5))
attempt('be a real-time process', lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)))
attempt('raise the file limit', lambda: __import__('resource').setrlimit(7, (1 << 20, 1 << 20)))
attempt('make a huge sparse file', sparse)
attempt('open files without end', descriptors)
attempt('open the terminal', tty)
attempt('change the root', lambda: os.chroot('/workspace'))

attempt('reach a service of the host', lambda: connect(socket.AF_INET, ('127.0.0.1', int(sys.argv[2]))))
attempt('reach an abstract socket of the host', lambda: connect(socket.AF_UNIX, '\0' + sys.argv[3]))
attempt('reach another network', lambda: connect(socket.AF_INET, ('192.0.2.1', 80)))
attempt('reach another network by IPv6', lambda: connect(socket.AF_INET6, ('2001:db8::1', 80)))
attempt('send a datagram', lambda: send(('192.0.2.1', 53)))
attempt('resolve a name', lambda: socket.getaddrinfo('example.com', 80))
for family in ['AF_VSOCK', 'AF_PACKET', 'AF_ALG', 'AF_BLUETOOTH', 'AF_CAN']:
    attempt('open ' + family, lambda: socket.socket(getattr(socket, family), socket.SOCK_RAW).close())
for family in ['AF_VSOCK', 'AF_NETLINK']:
    attempt('pair ' + family, lambda: socket.socketpair(getattr(socket, family), socket.SOCK_RAW))
attempt('open a raw socket', lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close())

libc = ctypes.CDLL(None, use_errno=True)
def call(name, *args):
    if getattr(libc, name)(*args) < 0:
        raise OSError(ctypes.get_errno(), name)
attempt('mount', lambda: call('mount', b'none', b'/tmp', b'tmpfs', 0, None))
attempt('unmount a mask', lambda: call('umount2', b'/proc/kallsyms', 2))
attempt('make a user namespace', lambda: call('unshare', 0x10000000))
attempt('trace the first process', lambda: call('ptrace', 16, 1, 0, 0))
attempt('enter another namespace', lambda: call('setns', os.open('/proc/1/ns/net', os.O_RDONLY), 0))

seen = {
    'processes': sorted(int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) not in (1, os.getpid())),
    'descriptors': sorted(int(name) for name in os.listdir('/proc/1/fd')),
    'own descriptors': descriptors_at_start,
    'environment of the first process': open('/proc/1/environ').read(),
    'interfaces': [line.split(':')[0].strip() for line in open('/proc/net/dev').readlines()[2:]],
    'routes': open('/proc/net/route').read().count('\n') - 1,
    'kernel symbols are masked': stat.S_ISCHR(os.stat('/proc/kallsyms').st_mode),
    'host name': os.uname().nodename,
    'user': [os.getuid(), os.getgid(), os.getgroups()],
}
print(json.dumps({'outcomes': outcomes, 'seen': seen}))
