# Looks for what belongs to others: argv[1] is JSON with `paths` to read, `pids` to reach, `mark` to find, `data` to walk.
import ctypes, json, os, sys

wanted = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
found = {"read": [], "listed": [], "environ": [], "signalled": [], "traced": [], "opened": [], "walked": [], "named": []}


def attempt(kind, name, act):
    try:
        result = act()
    except (OSError, ValueError):
        return
    if result is not False:
        found[kind].append(name)


def read(path):
    with open(path, "rb") as file:
        return file.read(1 << 20)


def trace(pid):
    if libc.ptrace(16, pid, 0, 0) != 0:
        return False
    libc.ptrace(17, pid, 0, 0)
    return True


def others(folder):
    return [name for name in os.listdir(folder) if not os.getcwd().startswith(os.path.join(folder, name))]


for path in wanted["paths"]:
    attempt("listed" if os.path.isdir(path) else "read", path, lambda: others(path) != [] if os.path.isdir(path) else read(path))

own = {os.getpid()}
visible = sorted({int(name) for name in os.listdir("/proc") if name.isdigit()} - own)
for pid in sorted(set(visible) | set(wanted["pids"]) | {1}):
    if pid in own:
        continue
    attempt("environ", pid, lambda: wanted["mark"].encode() in read(f"/proc/{pid}/environ"))
    attempt("signalled", pid, lambda: os.kill(pid, 0))
    attempt("traced", pid, lambda: trace(pid))
    for name in ("mem", "maps", "fd", "cwd/.", "root/."):
        place = f"/proc/{pid}/{name}"
        attempt("opened", place, lambda: os.listdir(place) if name not in ("mem", "maps") else read(place) != b"")

for folder, folders, files in os.walk(wanted["data"]):
    for name in files:
        attempt("walked", f"{folder}/{name}", lambda: read(f"{folder}/{name}"))

found["visible"] = [pid for pid in visible if os.path.exists(f"/proc/{pid}")]
for pid in visible:
    attempt("named", pid, lambda: read(f"/proc/{pid}/cmdline"))
print(json.dumps(found))
