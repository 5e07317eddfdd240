// The end of a sandbox outside of bubblewrap: passes single signals to the program, and ends as the program did.
#include "sandbox.h"

static volatile int signal_pipe = -1;

// A stop reaches every process of the run by itself; a signal that is queued to this process alone (sigqueue) is for the program alone.
static void hand_on(int number, siginfo_t *info, void *context) {
  (void)context;
  const int before = errno;
  const char byte = (char)number;
  if (info->si_code == SI_QUEUE && write(signal_pipe, &byte, 1) < 0) errno = before;
  errno = before;
}

static void catch_signals(void) {
  struct sigaction action = {.sa_sigaction = hand_on, .sa_flags = SA_SIGINFO | SA_RESTART};
  for (int number = 1; number <= SIGRTMAX; number++)
    if (number != SIGCHLD && number != SIGPIPE) sigaction(number, &action, NULL);
}

// bubblewrap itself must outlive a stop: the program may take its time.
static void ignore_signals(void) {
  for (int number = 1; number <= SIGRTMAX; number++)
    if (number != SIGCHLD) signal(number, SIG_IGN);
}

static void note_failure(const char *path, const char *stage, int error) {
  const int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (file >= 0) dprintf(file, "%s %d\n", stage, error), close(file);
}

static int __attribute__((noreturn)) end_as(int status) {
  if (WIFEXITED(status)) exit(WEXITSTATUS(status));
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  signal(WTERMSIG(status), SIG_DFL);
  kill(getpid(), WTERMSIG(status));
  pause();
  exit(128 + WTERMSIG(status));
}

// The numbers of the two descriptors that the init inherits replace @REPORTS and the word after it.
static void __attribute__((noreturn)) become(char **bubblewrap, const int *reports, const int *signals) {
  char numbers[2][16];
  snprintf(numbers[0], sizeof numbers[0], "%d", reports[1]);
  snprintf(numbers[1], sizeof numbers[1], "%d", signals[0]);
  char **word = bubblewrap;
  while (*word != NULL && strcmp(*word, "@REPORTS") != 0) word++;
  if (word[0] != NULL && word[1] != NULL) word[0] = numbers[0], word[1] = numbers[1];
  close(reports[0]), close(signals[1]);
  ignore_signals();
  execv(*bubblewrap, bubblewrap);
  const struct report failed = {.what = 's', .number = errno};
  if (write(reports[1], &failed, sizeof failed) < 0) _exit(126);
  _exit(127);
}

int around(const char *failure_path, char **bubblewrap) {
  int reports[2], signals[2];
  // the program has the same user and must not access this process
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
  if (pipe(reports) != 0 || pipe(signals) != 0) return note_failure(failure_path, "setup", errno), 127;
  const pid_t pid = fork();
  if (pid < 0) return note_failure(failure_path, "setup", errno), 127;
  if (pid == 0) become(bubblewrap, reports, signals);
  close(reports[1]), close(signals[0]);
  fcntl(signals[1], F_SETFL, O_NONBLOCK);
  signal_pipe = signals[1];
  signal(SIGPIPE, SIG_IGN);
  catch_signals();
  struct report report = {0};
  ssize_t length;
  while ((length = read(reports[0], &report, sizeof report)) < 0 && errno == EINTR) continue;
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
  if (length == (ssize_t)sizeof report && report.what == 'e') end_as(report.number);
  if (length == (ssize_t)sizeof report) note_failure(failure_path, report.what == 'f' ? "exec" : "setup", report.number);
  else if (WIFEXITED(status)) note_failure(failure_path, "sandbox", 0);
  else end_as(status);
  return 127;
}
