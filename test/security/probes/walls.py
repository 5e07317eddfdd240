# What a program in a sandbox can read, write, reach and do; one JSON object on stdout. Its argument names what to try.
import ctypes, json, os, socket, sys

wanted = json.loads(sys.argv[1])
found = {}

def succeed(action, things):
    well = []
    for thing in things:
        try:
            action(thing)
            well.append(thing)
        except OSError:
            pass
    return well

def read(path):
    with open(path, 'rb') as file:
        file.read(1)

def listed(path):
    # the way to its own directory is there, and nothing beside it
    if all(os.getcwd().startswith(os.path.realpath(os.path.join(path, name))) for name in os.listdir(path)):
        raise OSError('nothing that is not its own')

def write(path):
    with open(path, 'ab') as file:
        file.write(b'x')

def connect(port):
    socket.create_connection(('127.0.0.1', port), timeout=2).close()

found['descriptors'] = [fd for fd in range(0, 1024) if os.path.exists(f'/proc/self/fd/{fd}')]
found['read'] = succeed(read, wanted['read'])
found['listed'] = succeed(listed, wanted['list'])
found['written'] = succeed(write, wanted['write'])
# there may be a folder of this name that is its own
succeed(write, [wanted['attempt']])
found['connected'] = succeed(connect, wanted['ports'])
found['interfaces'] = [name for _number, name in socket.if_nameindex()]

def writable(mount):
    path = mount.split()[4]
    try:
        with open(os.path.join(path, 'probe'), 'w') as file:
            file.write('x')
        os.remove(os.path.join(path, 'probe'))
    except OSError:
        return None
    return path

root = os.path.dirname(os.getcwd())
mounts = [line for line in open('/proc/self/mountinfo')]
found['mounted'] = sorted({path for path in map(writable, mounts) if path and path != root})

own = os.getpid()
pids = [int(name) for name in os.listdir('/proc') if name.isdigit()]
found['processes'] = [pid for pid in pids if pid != own]

def environment(pid):
    with open(f'/proc/{pid}/environ', 'rb') as file:
        if wanted['mark'].encode() not in file.read():
            raise OSError('nothing of it')

found['environments'] = succeed(environment, pids)
status = dict(line.split(':', 1) for line in open('/proc/self/status'))
found['capabilities'] = [status[name].strip().lstrip('0') or '0' for name in ('CapPrm', 'CapEff', 'CapBnd')]

libc = ctypes.CDLL(None, use_errno=True)
namespaces = {'user': 0x10000000, 'mount': 0x00020000, 'net': 0x40000000, 'pid': 0x20000000}
found['calls'] = [f'unshare {name}' for name, flag in namespaces.items() if libc.unshare(flag) == 0]
if libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0:
    found['calls'].append('mount')
if libc.ptrace(16, 1, 0, 0) == 0:
    found['calls'].append('ptrace')
# keyctl, bpf, perf_event_open, userfaultfd, io_uring_setup
numbers = {'x86_64': [250, 321, 298, 323, 425], 'aarch64': [219, 280, 241, 282, 425]}.get(os.uname().machine, [])
for number in numbers:
    if libc.syscall(number, 0, 0, 0, 0, 0) >= 0 or ctypes.get_errno() != 1:
        found['calls'].append(f'system call {number}')
print(json.dumps(found))
