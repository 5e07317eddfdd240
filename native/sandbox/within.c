// The end of a sandbox inside of bubblewrap: its first process, which starts the program, passes signals to it, and reports how it ended.
#include "sandbox.h"

#include <poll.h>
#include <sys/signalfd.h>

extern char **environ;

// Variables that bubblewrap has added have no veil and do not belong to the program.
static void unveil(void) {
  char **kept = environ;
  for (char **variable = environ; *variable != NULL; variable++)
    if (**variable == VEIL) *kept++ = *variable + 1;
  *kept = NULL;
}

// The group in front of a terminal is outside of this namespace, and a shell fails when it gives the terminal back to it at its end:
// so the program begins with a group of its own in front.
static void come_to_front(void) {
  if (tcgetpgrp(STDIN_FILENO) < 0 || setpgid(0, 0) != 0) return;
  signal(SIGTTOU, SIG_IGN);
  tcsetpgrp(STDIN_FILENO, getpid());
}

static void __attribute__((noreturn)) become(int reports, char **program) {
  come_to_front();
  for (int number = 1; number <= SIGRTMAX; number++) signal(number, SIG_DFL);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  unveil();
  if (filter_calls()) execv(*program, program);
  const struct report failed = {.what = 'f', .number = errno};
  if (write(reports, &failed, sizeof failed) < 0) _exit(126);
  _exit(127);
}

static void hand_on(int signals, pid_t pid, struct pollfd *watched) {
  unsigned char numbers[64];
  const ssize_t length = read(signals, numbers, sizeof numbers);
  for (ssize_t index = 0; index < length; index++) kill(pid, numbers[index]);
  if (length == 0) watched->fd = -1;
}

int within(int reports, int signals, char **program) {
  sigset_t children;
  sigemptyset(&children);
  sigaddset(&children, SIGCHLD);
  sigprocmask(SIG_BLOCK, &children, NULL);
  signal(SIGCHLD, SIG_DFL);
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  fcntl(reports, F_SETFD, FD_CLOEXEC);
  fcntl(signals, F_SETFD, FD_CLOEXEC);
  const int ended = signalfd(-1, &children, SFD_CLOEXEC);
  const pid_t pid = fork();
  if (pid == 0) become(reports, program);
  if (pid < 0 || ended < 0) {
    const struct report failed = {.what = 'f', .number = errno};
    return write(reports, &failed, sizeof failed) < 0 ? 126 : 127;
  }
  struct pollfd watched[2] = {{.fd = ended, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
  for (;;) {
    if (poll(watched, 2, -1) < 0) continue;
    if (watched[1].revents != 0) hand_on(signals, pid, &watched[1]);
    struct signalfd_siginfo info;
    if (watched[0].revents == 0 || read(ended, &info, sizeof info) < 0) continue;
    int status;
    for (pid_t gone; (gone = waitpid(-1, &status, WNOHANG)) > 0;) {
      if (gone != pid) continue;
      // a failed start was reported before; then this report is not read
      const struct report end = {.what = 'e', .number = status};
      return write(reports, &end, sizeof end) < 0;
    }
  }
}
