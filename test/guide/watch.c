/* SPDX-License-Identifier: MIT */
/* watch: messages of a handshake, and a key log for Wireshark. */
/*
 * cc -o watch watch.c memory_pair.c $(pkg-config --cflags --libs sanstls)
 */
#include <stdio.h>
#include <stdlib.h>

#include "memory_pair.h"

/* Only looks: an observer must not call its object. */
static void print_message(stls_object *object, const stls_trace_event *event,
                          void *user_data)
{
  (void)object;
  if (event->content_type == STLS_CONTENT_HANDSHAKE)
    printf("%s %s %s\n", (const char *)user_data,
           event->flow == STLS_RECORDS_OUT ? "sends" : "receives",
           stls_trace_message_name(event));
}

/* Nothing is logged unless the user has asked for it. */
static stls_result log_keys(stls_context *context, stls_error *err)
{
  const char *path = getenv("SSLKEYLOGFILE");
  stls_keylog_file *file = NULL;
  stls_result result = STLS_OK;
  if (path == NULL) return STLS_OK;
  result = stls_keylog_file_new(path, &file, err);
  if (result == STLS_OK)
    result = stls_context_set_insecure_keylog_file(context, file, err);
  stls_keylog_file_free(file); /* The context has a reference of its own. */
  return result;
}

int main(void)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = client_context(), *server = server_context();
  must(log_keys(client, &err), &err);
  must(stls_context_set_trace(client, print_message, "client", &err), &err);
  memory_pair pair = pair_new(client, server, NULL);
  stls_result result = pair_handshake(&pair);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return result == STLS_OK ? 0 : 1;
}
