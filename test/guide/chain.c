/* SPDX-License-Identifier: MIT */
/* chain: whether the chain of a server will still be accepted later. */
#include <stdio.h>
#include <time.h>

#include "memory_pair.h"

/* What a client that trusts `trust` would say to the chain at that time. */
static stls_result verify_at(stls_trust *trust,
                             const stls_certificate_list *sent, int64_t seconds,
                             stls_error *err)
{
  stls_trust_verify_options options = STLS_TRUST_VERIFY_OPTIONS_INIT;
  stls_certificate *chain[8];
  size_t num = stls_certificate_list_count(sent);
  if (num > 8) num = 8;
  for (size_t i = 0; i < num; i++) chain[i] = stls_certificate_list_at(sent, i);
  options.server_name = "a.example";
  options.time = seconds;
  return stls_trust_verify(trust, chain, num, &options, NULL, NULL, err);
}

int main(void)
{
  static const int64_t days[] = {1, 36525};
  stls_error err = STLS_ERROR_INIT;
  stls_context *client = client_context(), *server = server_context();
  memory_pair pair = pair_new(client, server, NULL);
  stls_certificate_list *sent = NULL;
  say("now", pair_handshake(&pair), pair.client);
  must(stls_conninfo_presented_chain(stls_object_conninfo(pair.client), &sent,
                                     &err),
       &err);
  for (size_t i = 0; i < 2; i++) {
    int64_t then = (int64_t)time(NULL) + days[i] * 86400;
    stls_result result =
        verify_at(stls_context_trust(client), sent, then, &err);
    printf("in %d days: %s%s%s\n", (int)days[i], stls_result_name(result),
           result < 0 ? ", " : "",
           result < 0 ? stls_verify_code_name((int)err.verify_code) : "");
  }
  stls_certificate_list_free(sent);
  pair_free(&pair);
  stls_context_free(client);
  stls_context_free(server);
  return 0;
}
