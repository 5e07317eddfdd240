// The system calls that no program in a sandbox may use: those that reach into the kernel or into other namespaces.
#include "sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#if defined(__x86_64__)
#define MACHINE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define MACHINE AUDIT_ARCH_AARCH64
#endif

#define NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP)

#ifdef MACHINE
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(value) BPF_STMT(BPF_RET | BPF_K, (value))
#define WITH(error) (SECCOMP_RET_ERRNO | (error))
#define DENY(name) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_##name, 0, 1), ANSWER(WITH(EPERM))

static struct sock_filter calls[] = {
    LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MACHINE, 1, 0), ANSWER(SECCOMP_RET_KILL_PROCESS),
    LOAD(nr),
#ifdef __x86_64__
    // the same calls by their x32 numbers
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, 0x40000000, 0, 1), ANSWER(WITH(ENOSYS)),
#endif
    DENY(unshare), DENY(setns), DENY(mount), DENY(umount2), DENY(pivot_root), DENY(chroot), DENY(move_mount), DENY(open_tree),
    DENY(fsopen), DENY(fsmount), DENY(fsconfig), DENY(fspick), DENY(open_by_handle_at), DENY(name_to_handle_at), DENY(bpf),
    DENY(perf_event_open), DENY(userfaultfd), DENY(keyctl), DENY(add_key), DENY(request_key), DENY(kexec_load),
    DENY(kexec_file_load), DENY(init_module), DENY(finit_module), DENY(delete_module), DENY(reboot), DENY(swapon), DENY(swapoff),
    DENY(acct), DENY(syslog), DENY(quotactl), DENY(settimeofday), DENY(clock_settime), DENY(io_uring_setup), DENY(io_uring_enter),
    DENY(io_uring_register), DENY(process_vm_readv), DENY(process_vm_writev), DENY(ptrace),
    // the flags of clone3 lie in memory that a filter cannot read; C libraries fall back to clone
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 0, 1), ANSWER(WITH(ENOSYS)),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 0, 4), LOAD(args[0]),
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, NAMESPACES, 0, 1), ANSWER(WITH(EPERM)), ANSWER(SECCOMP_RET_ALLOW),
    // characters put into a terminal as if they had been typed
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 3), LOAD(args[1]),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, TIOCSTI, 0, 1), ANSWER(WITH(EPERM)),
    ANSWER(SECCOMP_RET_ALLOW),
};

// Installs the filter; false with errno.
bool filter_calls(void) {
  const struct sock_fprog program = {.len = sizeof calls / sizeof *calls, .filter = calls};
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}
#else
// on another architecture only the namespaces protect
bool filter_calls(void) { return true; }
#endif
