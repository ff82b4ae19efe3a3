/* SPDX-License-Identifier: MIT */
/* fake_uv_misc: the functions of fake_uv that concern no connection. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "fake_uv_world.h"

static fake_uv_world *const world = &fake_uv_state;

/* --- Loops ----------------------------------------------------------------- */

void uv_stop(uv_loop_t *loop)
{
  (void)loop;
  world->is_stopped = true;
}

uv_loop_t *uv_default_loop(void)
{
  static uv_loop_t loop;
  return &loop;
}

int uv_loop_init(uv_loop_t *loop)
{
  memset(loop, 0, sizeof *loop);
  return 0;
}

int uv_loop_close(uv_loop_t *loop)
{
  (void)loop;
  return world->nodes != NULL ? UV_EBUSY : 0;
}

uint64_t uv_now(const uv_loop_t *loop)
{
  (void)loop;
  return world->now_ms;
}

void uv_update_time(uv_loop_t *loop)
{
  (void)loop;
}

uint64_t uv_hrtime(void)
{
  return world->now_ms * 1000000;
}

/* --- Work ------------------------------------------------------------------ */

typedef struct fake_uv_work {
  struct fake_uv_work *next;
  uv_work_t *request;
  uv_work_cb work;
  uv_after_work_cb on_done;
} fake_uv_work;

/* There are no threads: the loop does the work in its next turn. */
int uv_queue_work(uv_loop_t *loop, uv_work_t *request, uv_work_cb work,
                  uv_after_work_cb on_done)
{
  fake_uv_work **last = &world->work;
  if (work == NULL) return UV_EINVAL;
  while (*last != NULL) last = &(*last)->next;
  *last = calloc(1, sizeof **last);
  if (*last == NULL) return UV_ENOMEM;
  request->loop = loop;
  **last = (fake_uv_work){.request = request, .work = work, .on_done = on_done};
  return 0;
}

bool fake_uv_has_work(void)
{
  return world->work != NULL;
}

bool fake_uv_run_work(void)
{
  fake_uv_work *first = world->work;
  if (first == NULL) return false;
  fake_uv_work it = *first;
  world->work = first->next;
  free(first);
  it.work(it.request);
  if (it.on_done != NULL) it.on_done(it.request, 0);
  return true;
}

void fake_uv_drop_work(void)
{
  while (world->work != NULL) {
    fake_uv_work *first = world->work;
    world->work = first->next;
    free(first);
  }
}

/* --- Handles and bytes ----------------------------------------------------- */

size_t uv_handle_size(uv_handle_type type)
{
  if (type == UV_TCP) return sizeof(uv_tcp_t);
  if (type == UV_TIMER) return sizeof(uv_timer_t);
  return type == UV_SIGNAL ? sizeof(uv_signal_t) : (size_t)-1;
}

void *uv_handle_get_data(const uv_handle_t *handle)
{
  return handle->data;
}

void uv_handle_set_data(uv_handle_t *handle, void *data)
{
  handle->data = data;
}

uv_loop_t *uv_handle_get_loop(const uv_handle_t *handle)
{
  return handle->loop;
}

uv_handle_type uv_handle_get_type(const uv_handle_t *handle)
{
  return handle->type;
}

uv_buf_t uv_buf_init(char *base, unsigned len)
{
  return (uv_buf_t){.base = base, .len = len};
}

/* --- Addresses and errors -------------------------------------------------- */

int uv_ip4_addr(const char *text, int port, struct sockaddr_in *out)
{
  memset(out, 0, sizeof *out);
  out->sin_family = AF_INET;
  out->sin_port = htons((uint16_t)port);
  return inet_pton(AF_INET, text, &out->sin_addr) == 1 ? 0 : UV_EINVAL;
}

int uv_ip6_addr(const char *text, int port, struct sockaddr_in6 *out)
{
  memset(out, 0, sizeof *out);
  out->sin6_family = AF_INET6;
  out->sin6_port = htons((uint16_t)port);
  return inet_pton(AF_INET6, text, &out->sin6_addr) == 1 ? 0 : UV_EINVAL;
}

int uv_ip4_name(const struct sockaddr_in *address, char *out, size_t out_cap)
{
  return inet_ntop(AF_INET, &address->sin_addr, out, (socklen_t)out_cap) != NULL
             ? 0
             : UV_ENOSPC;
}

int uv_ip6_name(const struct sockaddr_in6 *address, char *out, size_t out_cap)
{
  return inet_ntop(AF_INET6, &address->sin6_addr, out, (socklen_t)out_cap) !=
                 NULL
             ? 0
             : UV_ENOSPC;
}

int uv_translate_sys_error(int number)
{
  return number <= 0 ? number : -number;
}

const char *uv_strerror(int status)
{
  return status == UV_EOF ? "end of file" : strerror(-status);
}

/* Those that a connection can end with. */
const char *uv_err_name(int status)
{
  switch (status) {
    case UV_EOF:
      return "EOF";
    case UV_ECONNRESET:
      return "ECONNRESET";
    case UV_EPIPE:
      return "EPIPE";
    case UV_ECANCELED:
      return "ECANCELED";
    case UV_ECONNREFUSED:
      return "ECONNREFUSED";
    case UV_ENOBUFS:
      return "ENOBUFS";
    case UV_EMFILE:
      return "EMFILE";
    default:
      return "another";
  }
}
