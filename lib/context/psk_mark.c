/* SPDX-License-Identifier: MIT */
/* psk_mark: a mark on a session that libssl's copies of it have, too. */
#include "context/psk_mark.h"

#include <stdatomic.h>
#include <stdint.h>

static atomic_int session_index = -1;
static atomic_size_t last_mark;

static bool has_index(void);

size_t stls_psk_mark_set(SSL_SESSION *session)
{
  size_t mark = atomic_fetch_add(&last_mark, 1) + 1;

  /* The pointer is a number: nothing is behind it. */
  return has_index() &&
                 SSL_SESSION_set_ex_data(session, atomic_load(&session_index),
                                         (void *)(uintptr_t)mark) == 1
             ? mark
             : 0;
}

bool stls_psk_mark_is(const SSL_SESSION *session, size_t mark)
{
  int index = atomic_load(&session_index);

  return session != NULL && index >= 0 && mark != 0 &&
         (uintptr_t)SSL_SESSION_get_ex_data(session, index) == mark;
}

/* May be tried again after memory was short; see lib/context/ssl_owner.c. */
static bool has_index(void)
{
  int index = atomic_load(&session_index);
  int fresh;

  if (index >= 0) return true;
  fresh = SSL_SESSION_get_ex_new_index(0, NULL, NULL, NULL, NULL);
  if (fresh >= 0) atomic_compare_exchange_strong(&session_index, &index, fresh);
  return fresh >= 0;
}
