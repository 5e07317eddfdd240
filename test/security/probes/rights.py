# Tries to get more rights than it was given: argv[1] is JSON with the `setuid` program, `socket` folder and `masked` folder.
import ctypes, json, os, socket, subprocess, sys

given = json.loads(sys.argv[1])
libc = ctypes.CDLL(None, use_errno=True)
status = dict(line.split(":\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\t" in line)
result = {key: status[key] for key in ("Uid", "Gid", "Groups", "NoNewPrivs", "CapPrm", "CapEff", "CapAmb")}
result["descriptors"] = [fd for fd in range(3, 1024) if os.path.exists(f"/proc/self/fd/{fd}")]


def works(act):
    try:
        return act() or "works"
    except OSError as error:
        return error.strerror


def said(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else ""


def connected():
    names = [name for name in os.listdir(given["socket"]) if name.endswith(".sock")]
    for name in names:
        socket.socket(socket.AF_UNIX).connect(os.path.join(given["socket"], name))
    return f"connected to {len(names)}" if names else None


result["setuid"] = said(given["setuid"], "-u").strip() if given["setuid"] else ""
result["mounted"] = [target for target in ("/proc", "/tmp", os.getcwd()) if libc.mount(b"none", target.encode(), b"tmpfs", 0, None) == 0]
result["setuid call"] = works(lambda: os.setuid(0))
result["setgroups call"] = works(lambda: os.setgroups([0]))
result["chroot call"] = works(lambda: os.chroot("."))
result["socket written"] = works(lambda: open(given["socket"] + "/left-here", "w").close())
result["socket reached"] = works(connected)
# in a user namespace of its own a program is root, over nothing but itself
peel = f"umount -l {given['masked']}; umount {given['masked']}; umount -l /proc; ls -A {given['masked']}; ls -A {given['masked']}/runs"
result["behind the mask"] = said("unshare", "-Urmpf", "sh", "-c", f"({peel}) 2>/dev/null; true").split()
print(json.dumps(result))
