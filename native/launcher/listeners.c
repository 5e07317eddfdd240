// Keeps copies of the server's listening sockets, so that no program can take its address while no server is there. Clients of the listener
// socket, PID-listen.sock in the folder of runs, send messages of 16 bytes that never change: server and launcher may be of different versions.
#include "listeners.h"
#include "run.h"

#include <sys/socket.h>
#include <sys/syscall.h>

#define MESSAGE_BYTES 16                   // "PRL1", a letter, a number of 11 digits
#define MOST 16                            // the most sockets that are kept
#define BACKLOG 511                        // the limit of waiting connections, as in Node
#define TAKE 'T'                           // asks for the sockets; the answer is the same message, with them
#define GIVE 'G'                           // the sockets that come with this message replace all others; the answer is the same message
#define SERVE 'S'                          // the sender is the server; the number: how many ms clients wait after its end; the answer: how many sockets there are
#define MIND 'P'                           // a process that counts as a run of ours while it lives

static struct {
  int sockets[MOST];
  size_t count, minded;
  bool refuses;                            // clients are refused, and nobody else can have the address
  struct channel *server;
  int64_t wait_ms, until;                  // how long clients wait after the server's end; until when they wait now
} kept = {.until = NEVER};

static void close_all(void) {
  while (kept.count > 0) close(kept.sockets[--kept.count]);
  kept.refuses = false;
}

// Refuses or accepts clients. Without SO_REUSEADDR nobody else can take the address.
static void refuse(bool refuses) {
  const int shared = !refuses;
  for (size_t index = 0; index < kept.count; index++) {
    setsockopt(kept.sockets[index], SOL_SOCKET, SO_REUSEADDR, &shared, sizeof shared);
    if (refuses) shutdown(kept.sockets[index], SHUT_RDWR);
    else listen(kept.sockets[index], BACKLOG);
  }
  kept.refuses = refuses;
}

bool listeners_wait(int64_t now) { return kept.count > 0 && kept.server == NULL && now < kept.until; }

void listeners_look(int64_t now) {
  if (launcher.inside || launcher.starter || kept.count == 0 || kept.server != NULL) return;
  if (now < kept.until) deadline(kept.until);
  else if (run_count() == 0 && kept.minded == 0) close_all();
  else if (!kept.refuses) refuse(true);
}

// Receives a message into `text`, and the descriptors that came with it. False: the message is not whole, or the other side is gone.
static bool receive(int fd, char text[MESSAGE_BYTES + 1], int sockets[MOST], size_t *count) {
  union { char bytes[CMSG_SPACE(MOST * sizeof(int))]; struct cmsghdr aligned; } control;
  struct iovec part = {.iov_base = text, .iov_len = MESSAGE_BYTES};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  const ssize_t length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  *count = 0;
  if (length <= 0) return false;
  text[length] = 0;
  for (struct cmsghdr *head = CMSG_FIRSTHDR(&message); head != NULL; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    *count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    memcpy(sockets, CMSG_DATA(head), *count * sizeof(int));
  }
  return length == MESSAGE_BYTES && (message.msg_flags & MSG_CTRUNC) == 0;
}

static void answer(int fd, char *text, size_t count) {
  union { char bytes[CMSG_SPACE(MOST * sizeof(int))]; struct cmsghdr aligned; } control = {.bytes = {0}};
  struct iovec part = {.iov_base = text, .iov_len = MESSAGE_BYTES};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    message.msg_control = &control, message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    *CMSG_FIRSTHDR(&message) = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(count * sizeof(int))};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), kept.sockets, count * sizeof(int));
  }
  sendmsg(fd, &message, MSG_NOSIGNAL);
}

static void minded_gone(struct watch *watch, uint32_t events) {
  (void)events;
  kept.minded--;
  channel_free((struct channel *)watch);
}

static void mind(pid_t pid) {
  const int process = (int)syscall(SYS_pidfd_open, pid, 0);
  if (process >= 0 && channel_new(process, minded_gone) != NULL) kept.minded++;
}

static bool act(struct channel *channel, char *text, const int *sockets, size_t count) {
  char *end;
  const long long number = strtoll(text + 5, &end, 10);
  if (memcmp(text, "PRL1", 4) != 0 || *end != 0 || number < 0 || (count > 0 && text[4] != GIVE)) return false;
  if (text[4] == MIND) return mind((pid_t)number), true;
  if (text[4] == TAKE) return answer(channel->watch.fd, text, kept.count), true;
  if (text[4] == GIVE) {
    close_all();
    memcpy(kept.sockets, sockets, count * sizeof *sockets);
    kept.count = count;
    return answer(channel->watch.fd, text, 0), true;
  }
  if (text[4] != SERVE) return false;
  kept.server = channel, kept.wait_ms = number, kept.until = NEVER;
  if (kept.refuses) refuse(false);
  snprintf(text + 5, MESSAGE_BYTES - 4, "%011zu", kept.count);
  return answer(channel->watch.fd, text, 0), true;
}

static void message_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct channel *channel = (struct channel *)watch;
  char text[MESSAGE_BYTES + 1];
  int sockets[MOST];
  size_t count;
  if (receive(watch->fd, text, sockets, &count) && act(channel, text, sockets, count)) return;
  while (count > 0) close(sockets[--count]);
  if (kept.server == channel) kept.server = NULL, kept.until = monotonic_ms() + kept.wait_ms;
  channel_free(channel);
}

void handover_ready(struct watch *watch, uint32_t events) {
  (void)events;
  const int fd = accept_peer(watch, launcher.uid);
  if (fd >= 0) channel_new(fd, message_ready);
}
