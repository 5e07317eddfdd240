// A connection that carries frames: incoming frames are passed on one by one, outgoing frames wait until the other side takes them.
#include "channel.h"

#include <sys/socket.h>

static struct channel *dead;
static int reserve_fd = -1;                // to be closed when no other descriptor is left

struct channel *channel_new(int fd, void (*ready)(struct watch *, uint32_t)) {
  struct channel *channel = calloc(1, sizeof *channel);
  if (channel == NULL) abort();
  channel->watch = (struct watch){.fd = fd, .ready = ready};
  if (watch_add(&channel->watch)) return channel;
  const int error = errno;
  close(fd);
  free(channel);
  return errno = error, NULL;
}

// The loop frees the channel at the end of the turn, when no event can refer to it any more.
void channel_free(struct channel *channel) {
  watch_remove(&channel->watch);
  channel->dead = dead;
  dead = channel;
}

// False when the other side is gone.
static bool channel_read(struct channel *channel) {
  static char bytes[64 << 10];
  while (channel->in.length <= FRAME_BYTES + 4) {
    const ssize_t length = read(channel->watch.fd, bytes, sizeof bytes);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) return length < 0 && errno == EAGAIN;
    buffer_add(&channel->in, bytes, (size_t)length);
    // a short read has emptied the socket; later bytes raise another event
    if ((size_t)length < sizeof bytes) return true;
  }
  return true;
}

// Passes each whole frame to `take`. False when the other side is gone, or sent a broken frame, or a frame that `take` refused.
bool channel_take(struct channel *channel, bool (*take)(struct channel *, struct fields *, const char *, size_t)) {
  struct fields fields;
  size_t size, done = 0;
  const bool open = channel_read(channel);
  int found;
  while ((found = frame_take(&channel->in, done, &fields, &size)) == 1) {
    if (!take(channel, &fields, channel->in.data + done, size)) return false;
    done += size;
  }
  buffer_drop(&channel->in, done);
  return open && found == 0;
}

// Bytes that the other side does not take now wait until EPOLLOUT brings the next turn.
void channel_flush(struct channel *channel) {
  size_t done = 0;
  while (done < channel->out.length) {
    const ssize_t written = write(channel->watch.fd, channel->out.data + done, channel->out.length - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) break;
    done += (size_t)written;
  }
  buffer_drop(&channel->out, done);
  if (channel->blocked == (channel->out.length > 0)) return;
  channel->blocked = !channel->blocked;
  watch_events(&channel->watch, channel->blocked);
}

void channels_sweep(void (*free_init)(struct init *)) {
  for (struct channel *channel = dead; channel != NULL; channel = dead) {
    dead = channel->dead;
    buffer_free(&channel->in);
    buffer_free(&channel->out);
    free_init(channel->init);
    free(channel);
  }
}

void channels_forget(void) { dead = NULL; }

bool reserve_descriptor(void) {
  if (reserve_fd < 0) reserve_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return reserve_fd >= 0;
}

// Only the server's user and root may speak to us. With no descriptor left a connection is closed instead of waiting forever.
int accept_peer(const struct watch *watch, uid_t uid) {
  int fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
  struct ucred peer = {.uid = (uid_t)-1};
  socklen_t size = sizeof peer;
  if (fd >= 0 && getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && (peer.uid == uid || peer.uid == 0)) return fd;
  if (fd < 0 && (errno == EMFILE || errno == ENFILE)) {
    close(reserve_fd);
    fd = accept4(watch->fd, NULL, NULL, SOCK_CLOEXEC);
    reserve_fd = -1;
  }
  if (fd >= 0) close(fd);
  reserve_descriptor();
  return -1;
}
