/* SPDX-License-Identifier: MIT */
/* handover_end: an endpoint whose records an engine of the test has. */
#include "handover_end.h"

#include <string.h>

#include "support/expect.h"

static void deliver(struct handover_end *end, const uint8_t *bytes, size_t len)
{
  struct handover_end *to = end->other;
  size_t taken = 0;

  if (to->has[STLS_RECORDS_IN]) {
    cr_assert_leq(to->wire_len + len, sizeof to->wire);
    memcpy(to->wire + to->wire_len, bytes, len);
    to->wire_len += len;
    return;
  }
  ASSERT_RETURNS(
      stls_bio_write(stls_object_incoming(to->self), bytes, len, &taken, NULL),
      STLS_OK);
  cr_assert_eq(taken, len);
}

static void drain(struct handover_end *end)
{
  stls_bio *outgoing = stls_object_outgoing(end->self);
  uint8_t bytes[1000];
  size_t len;

  while (stls_bio_read(outgoing, bytes, sizeof bytes, &len, NULL) == STLS_OK &&
         len > 0) {
    cr_assert(!end->has[STLS_RECORDS_OUT], "%zu bytes are in outgoing", len);
    deliver(end, bytes, len);
  }
}

void handover_end_join(test_pair *pair, struct handover_end *client,
                       struct handover_end *server)
{
  memset(client, 0, sizeof *client);
  memset(server, 0, sizeof *server);
  client->self = pair->client;
  server->self = pair->server;
  client->other = server;
  server->other = client;
  for (int flow = 0; flow < 2; flow++) {
    const stls_record_state fresh = STLS_RECORD_STATE_INIT;
    client->states[flow] = server->states[flow] = fresh;
  }
}

void handover_end_export(struct handover_end *end, stls_flow flow)
{
  stls_error err = STLS_ERROR_INIT;

  ASSERT_RESULT(stls_object_export_insecure_record_state(
                    end->self, flow, &end->states[flow], &err),
                STLS_OK, err.message);
  end->has[flow] = true;
  end->num_keys[flow]++;
  handover_end_flush(end);
}

void handover_end_send_record(struct handover_end *end, int type,
                              const void *content, size_t len)
{
  uint8_t record[RECORD_ENGINE_MAX];
  const size_t record_len = record_engine_seal(
      &end->states[STLS_RECORDS_OUT], type, content, len,
      len + end->padding <= 16384 ? end->padding : 0, record);

  deliver(end, record, record_len);
}

void handover_end_send(struct handover_end *end, const void *data, size_t len,
                       size_t most)
{
  const uint8_t *bytes = data;

  while (len > 0) {
    size_t part = len < most ? len : most;
    if (end->has[STLS_RECORDS_OUT]) {
      handover_end_send_record(end, 23, bytes, part);
      ASSERT_RESULT(
          stls_object_count_data(end->self, STLS_RECORDS_OUT, 1, part), STLS_OK,
          pair_message(end->self));
      handover_end_flush(end);
    } else {
      ASSERT_RESULT(stls_object_write(end->self, bytes, part, &part), STLS_OK,
                    pair_message(end->self));
      drain(end);
    }
    bytes += part;
    len -= part;
  }
}

/* One record that lies in front; returns its length, 0 for none. */
static size_t open_record(struct handover_end *end)
{
  const size_t len =
      end->wire_len < 5 ? 0 : 5 + (size_t)(end->wire[3] << 8 | end->wire[4]);

  if (len == 0 || len > end->wire_len) return 0;
  cr_assert(
      record_engine_open(&end->states[STLS_RECORDS_IN], end->wire, len,
                         end->last_content, &end->last_len, &end->last_type),
      "a record does not open");
  return len;
}

static void take_record(struct handover_end *end)
{
  if (end->last_type == 23 && !end->is_mid_message) {
    memcpy(end->got + end->num_got, end->last_content, end->last_len);
    end->num_got += end->last_len;
    end->received =
        stls_object_count_data(end->self, STLS_RECORDS_IN, 1, end->last_len);
  } else {
    end->num_in++;
    end->received = stls_object_receive_control(
        end->self, end->last_type, end->last_content, end->last_len);
    end->is_mid_message = end->received == STLS_WANT_READ;
  }
  handover_end_flush(end);
}

static void take_records(struct handover_end *end)
{
  size_t len;

  while (end->received >= 0 && end->received != STLS_CLOSED &&
         (len = open_record(end)) > 0) {
    memmove(end->wire, end->wire + len, end->wire_len - len);
    end->wire_len -= len;
    take_record(end);
  }
}

static void read_data(struct handover_end *end)
{
  size_t len;

  while ((end->received = stls_object_read(end->self, end->got + end->num_got,
                                           sizeof end->got - end->num_got,
                                           &len)) == STLS_OK ||
         end->received == STLS_WANT_WRITE) {
    end->num_got += len;
    handover_end_flush(end);
  }
}

void handover_end_receive(struct handover_end *end)
{
  drain(end->other);
  if (end->has[STLS_RECORDS_IN])
    take_records(end);
  else
    read_data(end);
  handover_end_flush(end);
}

void handover_end_flush(struct handover_end *end)
{
  stls_error err = STLS_ERROR_INIT;
  stls_span content;
  int type = -1;

  while ((content = stls_object_peek_control(end->self, &type)).len > 0) {
    cr_expect(stls_object_wants(end->self) & STLS_INTEREST_CONTROL_OUT);
    handover_end_send_record(end, type, content.data, content.len);
    end->num_out++;
    ASSERT_RETURNS(stls_object_consume_control(end->self), STLS_OK);
    if ((stls_object_wants(end->self) & STLS_INTEREST_KEY_OUT) != 0)
      handover_end_export(end, STLS_RECORDS_OUT);
  }
  cr_expect(!(stls_object_wants(end->self) & STLS_INTEREST_CONTROL_OUT));
  if ((stls_object_wants(end->self) & STLS_INTEREST_KEY_IN) != 0) {
    ASSERT_RESULT(
        stls_object_export_insecure_record_state(
            end->self, STLS_RECORDS_IN, &end->states[STLS_RECORDS_IN], &err),
        STLS_OK, err.message);
    end->num_keys[STLS_RECORDS_IN]++;
  }
  drain(end);
}

void handover_end_settle(struct handover_end *end)
{
  for (int turn = 0; turn < 6; turn++) {
    handover_end_receive(end);
    handover_end_receive(end->other);
  }
}
