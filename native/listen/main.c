// procreg-listen take SOCKET | give SOCKET COUNT | ports SOCKET: carries listening sockets between a launcher's listener socket and the server.
// The server starts this helper with a channel of Node, since Node can neither take a descriptor from a plain socket nor send one.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MESSAGE_BYTES 16                   // as in native/launcher/listeners.c
#define MOST 16
#define PATIENCE_S 10

// A listening socket, as child_process sends and takes it; each is acknowledged before the next.
static const char handle[] = "{\"cmd\":\"NODE_HANDLE\",\"type\":\"net.Server\",\"msg\":{}}\n";
static const char acknowledged[] = "{\"cmd\":\"NODE_HANDLE_ACK\"}\n";

union control { char bytes[CMSG_SPACE(MOST * sizeof(int))]; struct cmsghdr aligned; };

static void __attribute__((noreturn)) fail(const char *what) {
  fprintf(stderr, "%s: %s\n", what, errno == 0 ? "it was closed" : strerror(errno));
  exit(1);
}

static void give(int fd, const char *text, const int *sockets, size_t count) {
  union control control = {.bytes = {0}};
  struct iovec part = {.iov_base = (char *)text, .iov_len = strlen(text)};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (count > 0) {
    message.msg_control = &control, message.msg_controllen = CMSG_SPACE(count * sizeof(int));
    *CMSG_FIRSTHDR(&message) = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(count * sizeof(int))};
    memcpy(CMSG_DATA(CMSG_FIRSTHDR(&message)), sockets, count * sizeof(int));
  }
  if (sendmsg(fd, &message, MSG_NOSIGNAL) != (ssize_t)strlen(text)) fail("cannot send");
}

// Returns the number of sockets that came with at most `bytes`.
static size_t take(int fd, char *text, size_t bytes, int *sockets) {
  union control control;
  struct iovec part = {.iov_base = text, .iov_len = bytes};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
  errno = 0;
  const ssize_t length = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
  if (length <= 0) fail("cannot receive");
  text[length] = 0;
  const struct cmsghdr *head = CMSG_FIRSTHDR(&message);
  if (head == NULL || head->cmsg_type != SCM_RIGHTS) return 0;
  const size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
  memcpy(sockets, CMSG_DATA(head), count * sizeof(int));
  return count;
}

static int open_socket(const char *path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  const int launcher = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (strlen(path) >= sizeof address.sun_path) return errno = ENAMETOOLONG, -1;
  strcpy(address.sun_path, path);
  return launcher >= 0 && connect(launcher, (struct sockaddr *)&address, sizeof address) == 0 ? launcher : -1;
}

static size_t ask(int launcher, int *sockets) {
  char text[MESSAGE_BYTES + 1];
  give(launcher, "PRL1T00000000000", NULL, 0);
  return take(launcher, text, MESSAGE_BYTES, sockets);
}

static void print_ports(int launcher) {
  int sockets[MOST];
  const size_t count = ask(launcher, sockets);
  for (size_t index = 0; index < count; index++) {
    union { struct sockaddr any; struct sockaddr_in four; struct sockaddr_in6 six; } address;
    socklen_t size = sizeof address;
    if (getsockname(sockets[index], &address.any, &size) == 0)
      printf("%d\n", ntohs(address.any.sa_family == AF_INET ? address.four.sin_port : address.six.sin6_port));
  }
}

static void from_launcher(int launcher, int channel) {
  char text[1024];
  int sockets[MOST], none[MOST];
  const size_t count = ask(launcher, sockets);
  for (size_t index = 0; index < count; index++) {
    give(channel, handle, &sockets[index], 1);
    take(channel, text, sizeof text - 1, none);
  }
}

static void to_launcher(int launcher, int channel, size_t count) {
  char text[1024];
  int sockets[2 * MOST];
  for (size_t had = 0; had < count;) {
    const size_t came = take(channel, text, sizeof text - 1, sockets + had);
    if (came > 0) give(channel, acknowledged, NULL, 0);
    had += came;
  }
  give(launcher, "PRL1G00000000000", sockets, count);
  take(launcher, text, MESSAGE_BYTES, sockets);
}

int main(int argc, char **argv) {
  const char *channel = getenv("NODE_CHANNEL_FD"), *what = argc < 3 ? "" : argv[1];
  const long count = argc == 4 ? strtol(argv[3], NULL, 10) : 0;
  alarm(PATIENCE_S);
  const int launcher = argc < 3 ? -1 : open_socket(argv[2]);
  if (argc >= 3 && launcher < 0) fail(argv[2]);
  if (strcmp(what, "ports") == 0) print_ports(launcher);
  else if (strcmp(what, "take") == 0 && channel != NULL) from_launcher(launcher, atoi(channel));
  else if (strcmp(what, "give") == 0 && channel != NULL && count > 0 && count <= MOST) to_launcher(launcher, atoi(channel), (size_t)count);
  else return fputs("procreg-listen take SOCKET | give SOCKET COUNT, with a channel of Node's; ports SOCKET\n", stderr), 2;
  return 0;
}
