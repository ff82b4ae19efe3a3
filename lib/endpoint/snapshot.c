/* SPDX-License-Identifier: MIT */
/* snapshot: takes the facts of an object's handshake, at its end. */
#include "endpoint/snapshot.h"

#include <sanstls/client_hello.h>

#include "endpoint/psk_info.h"

static const char *server_name(const stls_object *object);

bool stls_snapshot_take(stls_object *object)
{
  const char *name = server_name(object);

  if (object->info != NULL) return true;
  stls_ssl_bios_guard(&object->io);
  object->info =
      stls_conninfo_take(object->io.ssl, object->state != STLS_STATE_FAILED,
                         &object->verify, name);
  if (object->info == NULL) return false;
  object->info->hello_retried = object->io.monitor.server_hellos > 1;
  /* libssl would tell the group of the session. */
  if (object->info->version == STLS_TLS_1_3 &&
      !object->hello_check.has_key_share)
    object->info->group_name = NULL;
  if (stls_psk_info_take(object->info, object->io.ssl, &object->psk))
    return true;
  stls_conninfo_free(object->info);
  object->info = NULL;
  return false;
}

/* The server name, in one spelling wherever it comes from. */
static const char *server_name(const stls_object *object)
{
  if (object->hello_buffer != NULL)
    return stls_client_hello_server_name(object->hello_buffer->hello);
  return object->context->role == STLS_CLIENT ? object->server_name
                                              : object->hello_check.server_name;
}
