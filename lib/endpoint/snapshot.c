/* SPDX-License-Identifier: MIT */
/* snapshot: takes the facts of an object's handshake, at its end. */
#include "endpoint/snapshot.h"

#include <sanstls/client_hello.h>

#include "endpoint/psk_info.h"

static const char *asked_for(const stls_object *object);

bool stls_snapshot_take(stls_object *object)
{
  const char *name = asked_for(object);

  if (object->info != NULL) return true;
  stls_ssl_bios_guard(&object->drive);
  object->info =
      stls_conninfo_take(object->drive.ssl, object->state != STLS_STATE_FAILED,
                         &object->verify, name);
  if (object->info == NULL) return false;
  object->info->hello_retried = object->drive.watch.server_hellos > 1;
  /* libssl would tell the group of the session. */
  if (object->info->version == STLS_TLS_1_3 && !object->hello.has_key_share)
    object->info->group_name = NULL;
  if (stls_psk_info_take(object->info, object->drive.ssl, &object->psk))
    return true;
  stls_conninfo_free(object->info);
  object->info = NULL;
  return false;
}

/* The server name, in one spelling wherever it comes from. */
static const char *asked_for(const stls_object *object)
{
  if (object->prelude != NULL)
    return stls_client_hello_server_name(object->prelude->hello);
  return object->context->role == STLS_CLIENT ? object->server_name
                                              : object->hello.server_name;
}
