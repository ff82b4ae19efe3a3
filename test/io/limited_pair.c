/* SPDX-License-Identifier: MIT */
/* limited_pair: a pair of which one side counts few records under a key. */
#include "limited_pair.h"

#include "lib/endpoint/object.h"
#include "support/expect.h"

int limited_pair_updates[2];
int limited_pair_requests;
uint64_t limited_pair_worn;

static stls_records tested;

void limited_pair_each_way(void (*test)(void))
{
  tested = STLS_RECORDS_LIBSSL;
  test();
  tested = STLS_RECORDS_DIRECT;
  if (pair_can_be_direct()) test();
}

static void see(stls_object *object, const stls_trace_event *event,
                void *user_data)
{
  const struct stls_message_monitor *monitor = &object->io.monitor;

  (void)user_data;
  if (event->content_type != 22 || event->message_type != 24) return;
  limited_pair_updates[event->flow]++;
  if (event->flow == STLS_RECORDS_IN || event->data[4] != 1) return;
  limited_pair_requests++;
  limited_pair_worn = monitor->records[STLS_RECORDS_IN] -
                      monitor->records_before_key[STLS_RECORDS_IN];
}

static void traced(stls_context *context)
{
  limited_pair_updates[0] = limited_pair_updates[1] = 0;
  limited_pair_requests = 0;
  ASSERT_RESULT(stls_context_set_trace(context, see, NULL, NULL), STLS_OK,
                "trace");
  ASSERT_RESULT(stls_context_set_records(context, tested, NULL), STLS_OK,
                "records");
}

test_pair limited_pair_open(pair_options *options, stls_role role,
                            uint64_t records)
{
  bool is_client = role == STLS_CLIENT;
  test_pair pair;

  options->tune_client = is_client ? traced : NULL;
  options->tune_server = is_client ? NULL : traced;
  pair = pair_open(options);
  pair_transfer(&pair, pair.server, pair.client, 1);
  pair_settle(&pair);
  limited_pair_side(&pair, role)->io.key_records = records;
  return pair;
}

stls_object *limited_pair_side(const test_pair *pair, stls_role role)
{
  return role == STLS_CLIENT ? pair->client : pair->server;
}
