// The sessions of the launcher and of its programs. A program gets its own process group but not its own session: the kernel makes a scheduling
// group of each session (sched_autogroup), for which a start waits on a busy machine (bare starts beside eight busy loops: 496 instead of 1043 per second).
#include "session.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

// The numbers of Landlock, which the headers of older systems lack.
#define CREATE_RULESET 444
#define RESTRICT_SELF 446
#define SCOPE_SIGNAL 2ull

static bool leads;                         // our session is our own: it has no terminal of somebody else

// A process that a shell has started leads a group, and can then have no session of its own. An init has its own, once for all its runs, which have the
// same owner: a program may change the share of the processor that its whole session gets (/proc/self/autogroup).
void session_own(void) { leads = setsid() >= 0 || getsid(0) == getpid(); }

void session_prepare(void) {
  session_own();
  const struct { uint64_t files, network, scoped; } rules = {.scoped = SCOPE_SIGNAL};
  launcher.ruleset = (int)syscall(CREATE_RULESET, &rules, sizeof rules, 0u);
}

// Within a session SIGCONT may be sent to other users' processes, too. A program whose user is its own is denied it by Landlock (Linux 6.12); where that
// is missing, its own session denies it. In an init no other run's process can be named.
bool session_enter(const struct request *request) {
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  const bool apart = request->own && !launcher.inside;
  // a user of the machine may have other processes that its programs signal
  const bool named = *request->groups != NULL && !launcher.inside;
  if (request->rows > 0 || !leads || named || (apart && syscall(RESTRICT_SELF, launcher.ruleset, 0u) != 0)) return setsid() >= 0;
  return setpgid(0, 0) == 0;
}
