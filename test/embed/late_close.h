/* SPDX-License-Identifier: MIT */
/* late_close: has the first stls_object_close_write of a connection wait. */
#ifndef EMBED_LATE_CLOSE_H
#define EMBED_LATE_CLOSE_H

#include <sanstls/sanstls.h>

/*
 * The programs x_late are x.c with this header in front of it. The library returns
 * STLS_WANT_READ where the peer has sent a part of a message in one record, which no
 * peer of these tests does at will (test/endpoint/test_shutdown_in_message.c has
 * it). A program that does not call again says no close_notify.
 */
static inline stls_result close_write_late(stls_object *object)
{
  static const stls_object *last;
  if (last == object) return stls_object_close_write(object);
  last = object;
  return STLS_WANT_READ;
}

#define stls_object_close_write close_write_late

#endif
