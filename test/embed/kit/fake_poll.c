/* SPDX-License-Identifier: MIT */
/* fake_poll: gives programs on poll(2) a socketpair for each socket, and a clock that
 * takes no time. */
#define FAKE_POLL_IS_REAL
#include "fake_poll.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "fake_poll_names.h"

#define DAY_MS 86400000u
#define BOOT_S 1000 /* What a monotonic clock shows at the start. */

enum {
  MAX_POLLED = 16,
  MAX_PIECE = 16384,
  MAX_CALLS = 10000 /* In which nothing moves: the program spins. */
};

/* A socket of the program. */
typedef struct conn {
  int fd, wire;    /* The ends of the pair; the program has closed fd: -1. */
  fake_line *line; /* NULL: not connected. */
  uint64_t read_due_ms, write_due_ms;
  bool has_ended, has_reset, has_failed;
} conn;

static struct {
  uint64_t now_ms;
  fake_line lines[FAKE_POLL_MAX];
  size_t num_lines, num_opened;
  conn conns[FAKE_POLL_MAX];
  size_t num_conns;
  unsigned num_calls;
  size_t last_sum;
  char fault[256];
} world;

/* --- What the test calls --------------------------------------------------- */

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
  va_list args;
  if (world.fault[0] != '\0') return;
  va_start(args, format);
  (void)vsnprintf(world.fault, sizeof world.fault, format, args);
  va_end(args);
}

void fake_poll_start(void)
{
  memset(&world, 0, sizeof world);
}

void fake_poll_connect(const fake_peer *peer, const fake_faults *faults)
{
  if (world.num_lines == FAKE_POLL_MAX) {
    note("more than %d connections", FAKE_POLL_MAX);
    return;
  }
  fake_line_open(&world.lines[world.num_lines++], peer, faults);
}

const char *fake_poll_end(void)
{
  for (size_t i = 0; i < world.num_conns; i++) {
    if (world.conns[i].fd < 0) continue;
    note("socket %zu was not closed", i);
    fake_poll_close(world.conns[i].fd);
  }
  for (size_t i = 0; i < world.num_lines; i++) {
    const char *failure = world.lines[i].failure;
    if (failure != NULL) note("peer %zu: %s", i, failure);
    if (i >= world.num_opened) note("connection %zu was not made", i);
  }
  return world.fault[0] != '\0' ? world.fault : NULL;
}

uint64_t fake_poll_now_ms(void)
{
  return world.now_ms;
}

const fake_line *fake_poll_line(size_t index)
{
  return index < world.num_lines ? &world.lines[index] : NULL;
}

/* --- Sockets --------------------------------------------------------------- */

/* NULL: a descriptor of the system. */
static conn *find(int fd)
{
  for (size_t i = 0; i < world.num_conns; i++) {
    if (fd >= 0 && world.conns[i].fd == fd) return &world.conns[i];
  }
  return NULL;
}

int fake_poll_socket(int family, int type, int protocol)
{
  int fds[2];
  (void)family;
  (void)type;
  (void)protocol;
  if (world.num_conns == FAKE_POLL_MAX) {
    errno = EMFILE;
    return -1;
  }
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) < 0) return -1;
  if (fcntl(fds[1], F_SETFL, O_NONBLOCK) < 0) note("a socket blocks");
  world.conns[world.num_conns++] = (conn){.fd = fds[0], .wire = fds[1]};
  return fds[0];
}

int fake_poll_getaddrinfo(const char *host, const char *port,
                          const struct addrinfo *hints,
                          struct addrinfo **out_found)
{
  (void)host;
  return getaddrinfo("127.0.0.1", port, hints, out_found);
}

int fake_poll_connect_socket(int fd, const struct sockaddr *address,
                             socklen_t len)
{
  conn *c = find(fd);
  if (c == NULL) return connect(fd, address, len);
  if (world.num_opened == world.num_lines) {
    errno = ECONNREFUSED;
    return -1;
  }
  fake_line *line = &world.lines[world.num_opened++];
  errno = line->faults.open_errno;
  if (errno != 0) return -1;
  c->line = line;
  return 0;
}

int fake_poll_shutdown(int fd, int how)
{
  conn *c = find(fd);
  if (c != NULL && (c->line == NULL || c->line->is_reset)) {
    errno = ENOTCONN;
    return -1;
  }
  if (c != NULL && how != SHUT_RD) fake_line_finish(c->line);
  return shutdown(fd, how);
}

int fake_poll_close(int fd)
{
  conn *c = find(fd);
  if (c != NULL) {
    if (c->line != NULL) fake_line_finish(c->line);
    close(c->wire);
    c->fd = -1;
  }
  return close(fd);
}

int fake_poll_clock(clockid_t clock, struct timespec *out_now)
{
  if (clock != CLOCK_MONOTONIC) return clock_gettime(clock, out_now);
  out_now->tv_sec = (time_t)(BOOT_S + world.now_ms / 1000);
  out_now->tv_nsec = (long)(world.now_ms % 1000) * 1000000;
  return 0;
}

/* --- Bytes ----------------------------------------------------------------- */

ssize_t fake_poll_read(int fd, void *out, size_t out_cap)
{
  conn *c = find(fd);
  int num_unread = 0;
  if (c != NULL && c->has_reset) {
    (void)ioctl(fd, FIONREAD, &num_unread);
    if (num_unread == 0) {
      c->has_reset = false; /* Said once; then there is an end of file. */
      errno = ECONNRESET;
      return -1;
    }
  }
  return read(fd, out, out_cap);
}

/* What was written goes to the peer at once: the pair holds nothing back. */
ssize_t fake_poll_write(int fd, const void *bytes, size_t len)
{
  static char taken[MAX_PIECE];
  conn *c = find(fd);
  if (c == NULL || c->line == NULL) return write(fd, bytes, len);
  const fake_faults *faults = &c->line->faults;
  if (c->has_failed || c->line->is_reset) {
    errno = EPIPE;
    return -1;
  }
  if (c->write_due_ms > world.now_ms) {
    errno = EAGAIN;
    return -1;
  }
  if (len > sizeof taken) len = sizeof taken;
  if (faults->max_write > 0 && len > faults->max_write) len = faults->max_write;
  ssize_t written = write(fd, bytes, len);
  if (written <= 0) return written;
  ssize_t num_taken = read(c->wire, taken, sizeof taken);
  c->write_due_ms = world.now_ms + faults->write_delay_ms;
  if (num_taken != written) note("a socketpair lost bytes");
  if (fake_line_leave(c->line, taken, (size_t)num_taken)) return written;
  c->has_failed = true;
  errno = EPIPE;
  return -1;
}

/* Puts the next piece into the pair, when the last one was read. */
static void step_input(conn *c)
{
  static char bytes[MAX_PIECE];
  size_t len = 0;
  int num_unread = 0;
  if (c->fd < 0 || c->line == NULL || c->has_ended) return;
  (void)ioctl(c->fd, FIONREAD, &num_unread);
  if (num_unread > 0 || c->read_due_ms > world.now_ms) return;
  fake_arrival arrival = fake_line_arrive(c->line, bytes, sizeof bytes, &len);
  if (arrival == FAKE_NOTHING) return;
  c->read_due_ms = world.now_ms + c->line->faults.read_delay_ms;
  if (arrival == FAKE_BYTES) {
    if (write(c->wire, bytes, len) != (ssize_t)len)
      note("a socketpair is full");
    return;
  }
  c->has_ended = true;
  c->has_reset = arrival == FAKE_RESET;
  (void)shutdown(c->wire, SHUT_WR);
}

/* --- Waiting --------------------------------------------------------------- */

static bool interrupt(void)
{
  for (size_t i = 0; i < world.num_opened; i++) {
    fake_line *line = &world.lines[i];
    if (!fake_line_is_signal_due(line)) continue;
    (void)raise(line->faults.signal);
    errno = EINTR;
    return true;
  }
  return false;
}

/* What the system says now, but that a slow transport takes nothing. */
static int poll_now(struct pollfd *polled, nfds_t num_polled)
{
  struct pollfd now[MAX_POLLED];
  memcpy(now, polled, num_polled * sizeof *now);
  for (nfds_t i = 0; i < num_polled; i++) {
    const conn *c = find(now[i].fd);
    if (c != NULL && c->write_due_ms > world.now_ms) {
      now[i].events = (short)(now[i].events & ~POLLOUT);
    }
  }
  int count = poll(now, num_polled, 0);
  for (nfds_t i = 0; i < num_polled; i++) polled[i].revents = now[i].revents;
  return count;
}

/* The next thing that waits for the clock; UINT64_MAX: none. */
static uint64_t next_due_ms(void)
{
  uint64_t due_ms = UINT64_MAX;
  for (size_t i = 0; i < world.num_conns; i++) {
    const conn *c = &world.conns[i];
    if (c->fd < 0) continue;
    if (c->read_due_ms > world.now_ms && c->read_due_ms < due_ms) {
      due_ms = c->read_due_ms;
    }
    if (c->write_due_ms > world.now_ms && c->write_due_ms < due_ms) {
      due_ms = c->write_due_ms;
    }
  }
  return due_ms;
}

int fake_poll_wait(struct pollfd *polled, nfds_t num_polled, int timeout_ms)
{
  uint64_t end_ms = UINT64_MAX;
  if (timeout_ms >= 0) end_ms = world.now_ms + (uint64_t)timeout_ms;
  if (num_polled > MAX_POLLED) note("more than %d descriptors", MAX_POLLED);
  while (num_polled <= MAX_POLLED && world.now_ms < DAY_MS) {
    for (size_t i = 0; i < world.num_conns; i++) step_input(&world.conns[i]);
    if (interrupt()) return -1;
    int count = poll_now(polled, num_polled);
    if (count != 0) {
      size_t sum = fake_line_sum(world.lines, world.num_opened);
      world.num_calls = sum == world.last_sum ? world.num_calls + 1 : 0;
      world.last_sum = sum;
      if (world.num_calls < MAX_CALLS) return count;
      note("the program spins");
      break;
    }
    uint64_t due_ms = next_due_ms();
    if (due_ms > end_ms) due_ms = end_ms;
    if (due_ms == UINT64_MAX) {
      note("poll() would wait for ever");
      break;
    }
    bool is_late = due_ms == end_ms;
    if (due_ms > world.now_ms) world.num_calls = 0;
    world.now_ms = due_ms;
    if (is_late) return 0;
  }
  if (world.now_ms >= DAY_MS) note("a day has passed");
  errno = ENOMEM; /* What a program has to take for the end. */
  return -1;
}
