/* SPDX-License-Identifier: MIT */
/* clock: one certificate at several times, without waiting for them. */
#include <stdio.h>
#include <time.h>

#include "memory_pair.h"

/* The clock of the client's context: it shows what user_data is. */
static int64_t show(void *user_data)
{
  const int64_t *now = user_data;
  return *now;
}

static stls_context *client_with_clock(int64_t *now)
{
  stls_error err = STLS_ERROR_INIT;
  stls_context *context = client_context();
  must(stls_context_set_clock(context, show, now, &err), &err);
  must(stls_context_seal(context, &err), &err);
  return context;
}

int main(void)
{
  static const struct {
    const char *name;
    int64_t days;
  } times[] = {{"now", 0}, {"yesterday", -1}, {"in 100 years", 36525}};
  int64_t now = 0;
  stls_context *client = client_with_clock(&now), *server = server_context();
  for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
    memory_pair pair = pair_new(client, server, NULL);
    now = (int64_t)time(NULL) + times[i].days * 86400;
    stls_result result = pair_handshake(&pair);
    const stls_conninfo *info = stls_object_conninfo(pair.client);
    printf("%s: %s, %s\n", times[i].name, stls_result_name(result),
           stls_verify_code_name((int)stls_conninfo_verify_code(info)));
    pair_free(&pair);
  }
  stls_context_free(client);
  stls_context_free(server);
  return 0;
}
