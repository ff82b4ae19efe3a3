/* SPDX-License-Identifier: MIT */
/* loop: starts a libuv loop, or ends the program and says why. */
#include "loop.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "options.h"

void loop_must(int status, const char *what)
{
  if (status >= 0) return;
  fprintf(stderr, "%s: %s\n", what, uv_strerror(status));
  exit(EXIT_TROUBLE);
}

/* libuv aborts the process if it cannot make its first pipe, which comes behind
 * other descriptors: whether there are enough for all of them. */
static int try_descriptors(void)
{
  int fds[8];
  size_t count = sizeof fds / sizeof fds[0];
  size_t num_open = 0;
  int status = 0;
  while (num_open < count && (fds[num_open] = open("/", O_RDONLY)) >= 0) {
    num_open++;
  }
  if (num_open < count) status = uv_translate_sys_error(errno);
  while (num_open > 0) close(fds[--num_open]);
  return status;
}

void loop_start(uv_loop_t *loop)
{
  signal(SIGPIPE, SIG_IGN); /* A write to a gone peer is an error code. */
  loop_must(try_descriptors(), "loop");
  loop_must(uv_loop_init(loop), "loop");
}

void loop_catch(uv_loop_t *loop, uv_signal_t *signal, int number,
                uv_signal_cb on_signal)
{
  loop_must(uv_signal_init(loop, signal), "signal");
  loop_must(uv_signal_start(signal, on_signal, number), "signal");
}
