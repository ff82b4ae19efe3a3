/* SPDX-License-Identifier: MIT */
/* openssl_peer: performs the steps of a side that is plain OpenSSL. */
#include "openssl_peer.h"

#include <openssl/err.h>
#include <string.h>

#include "reframe.h"

enum {
  /* Fewer than any limit of ours. */
  MAX_UPDATES = 10
};

static void run(struct world_side *side, const char *call,
                int (*call_ssl)(SSL *));
static void settle(struct world_side *side, int ret);
static void fetch(struct world_side *side);
static void hand_over(struct world_side *side);
static void read_some(struct world_side *side, size_t len);
static void write_some(struct world_side *side, size_t len);
static void update_keys(struct world_side *side, bool asks_peer);
static void send_ticket(struct world_side *side);
static void ask_client(struct world_side *side);
static bool is_idle(const struct world_side *side);
static bool is_tls_1_3(const struct world_side *side);

void openssl_peer_do(struct world_side *side, const struct script_step *step)
{
  if (side->ssl == NULL || side->failed != STLS_OK) return;
  switch (step->action) {
    case DO_HANDSHAKE:
      if (!side->established) run(side, "SSL_do_handshake", SSL_do_handshake);
      break;
    case DO_READ:
    case DO_READV:
      read_some(side, step->a);
      break;
    case DO_WRITE:
    case DO_WRITEV:
      write_some(side, step->a);
      break;
    case DO_CLOSE_WRITE:
    case DO_UNWRAP:
      openssl_peer_shut(side);
      break;
    case DO_KEY_UPDATE:
      update_keys(side, step->b % 2 == 0);
      break;
    case DO_VERIFY_CLIENT:
      ask_client(side);
      break;
    case DO_SESSION:
    case DO_CORK:
      send_ticket(side);
      break;
    case DO_TRIM:
      /* A request to renegotiate is refused, and OpenSSL then ends. */
      if (is_idle(side) && !is_tls_1_3(side) && side->world->may_fail &&
          SSL_renegotiate(side->ssl) == 1)
        run(side, "SSL_renegotiate", SSL_do_handshake);
      break;
    default:
      break;
  }
}

void openssl_peer_drive(struct world_side *side)
{
  uint64_t before;

  if (side->ssl == NULL || side->failed != STLS_OK) return;
  if (!side->established) run(side, "SSL_do_handshake", SSL_do_handshake);
  do {
    before = side->received;
    read_some(side, WORLD_MAX_DATA);
  } while (side->received != before && side->failed == STLS_OK);
}

bool openssl_peer_shut(struct world_side *side)
{
  int ret;

  if (side->ssl == NULL || side->failed != STLS_OK || !side->established ||
      side->close_sent || SSL_in_init(side->ssl))
    return false;
  fetch(side);
  side->world->call = "SSL_shutdown";
  ERR_clear_error();
  ret = SSL_shutdown(side->ssl);
  hand_over(side);
  side->close_sent = true;
  if (ret < 0) settle(side, ret);
  return true;
}

static void run(struct world_side *side, const char *call,
                int (*call_ssl)(SSL *))
{
  int ret;

  fetch(side);
  side->world->call = call;
  ERR_clear_error();
  ret = call_ssl(side->ssl);
  settle(side, ret);
}

/* Takes the bytes that OpenSSL wrote, and notes its messages. */
static void settle(struct world_side *side, int ret)
{
  int error = ret > 0 ? SSL_ERROR_NONE : SSL_get_error(side->ssl, ret);
  unsigned long code = ERR_peek_last_error();
  char text[200];

  hand_over(side);
  ERR_clear_error();
  if (SSL_is_init_finished(side->ssl)) side->established = true;
  if (error == SSL_ERROR_ZERO_RETURN) side->close_read = true;
  if (error != SSL_ERROR_SSL && error != SSL_ERROR_SYSCALL) return;
  side->failed = STLS_ERROR_TLS;
  ERR_error_string_n(code, text, sizeof text);
  if (!side->world->may_fail)
    world_fault(side->world, "OpenSSL fails: %s", text);
}

/* Shows OpenSSL what came. */
static void fetch(struct world_side *side)
{
  stls_span span;

  while ((span = stls_bio_peek(side->in)).len > 0) {
    BIO_write(SSL_get_rbio(side->ssl), span.data, (int)span.len);
    if (stls_bio_consume(side->in, span.len, NULL) != STLS_OK) return;
  }
  if (side->ended) BIO_set_mem_eof_return(SSL_get_rbio(side->ssl), 0);
}

static void hand_over(struct world_side *side)
{
  uint8_t bytes[16384];
  int len;

  while ((len = BIO_read(SSL_get_wbio(side->ssl), bytes, sizeof bytes)) > 0)
    reframe_put(side->reframe, side->out, bytes, (size_t)len);
  reframe_flush(side->reframe, side->out);
}

static void read_some(struct world_side *side, size_t len)
{
  static uint8_t data[WORLD_MAX_DATA];
  size_t got = 0;
  int ret;

  if (len == 0 || side->close_read) return;
  fetch(side);
  side->world->call = "SSL_read";
  ERR_clear_error();
  ret =
      SSL_read_ex(side->ssl, data, len < sizeof data ? len : sizeof data, &got);
  settle(side, ret);
  if (got > world_peer(side)->sent - side->received)
    world_fault(side->world, "OpenSSL reads more than was sent");
  if (!stream_is(1 - side->index, side->received, data, got))
    world_fault(side->world, "OpenSSL reads other data than was sent");
  side->received += got;
}

static void write_some(struct world_side *side, size_t len)
{
  static uint8_t data[WORLD_MAX_DATA];
  size_t done = 0;
  int ret;

  if (len > sizeof data) len = sizeof data;
  if (len == 0 || side->close_sent) return;
  stream_fill(side->index, side->sent, data, len);
  fetch(side);
  side->world->call = "SSL_write";
  ERR_clear_error();
  ret = SSL_write_ex(side->ssl, data, len, &done);
  settle(side, ret);
  side->sent += done;
  if (done > 0) side->updates = 0;
}

static void update_keys(struct world_side *side, bool asks_peer)
{
  struct world_side *peer = world_peer(side);

  if (!is_idle(side) || !is_tls_1_3(side) || side->updates >= MAX_UPDATES ||
      peer->updates >= MAX_UPDATES)
    return;
  if (SSL_key_update(side->ssl, asks_peer ? SSL_KEY_UPDATE_REQUESTED
                                          : SSL_KEY_UPDATE_NOT_REQUESTED) != 1)
    return;
  side->updates++;
  if (asks_peer) peer->updates++;
  run(side, "SSL_key_update", SSL_do_handshake);
}

static void send_ticket(struct world_side *side)
{
  if (side->index != SERVER || !is_idle(side) || !is_tls_1_3(side) ||
      side->updates >= MAX_UPDATES || SSL_new_session_ticket(side->ssl) != 1)
    return;
  side->updates++;
  run(side, "SSL_new_session_ticket", SSL_do_handshake);
}

static void ask_client(struct world_side *side)
{
  if (side->index != SERVER || !is_idle(side) || !is_tls_1_3(side) ||
      side->updates >= MAX_UPDATES ||
      SSL_verify_client_post_handshake(side->ssl) != 1)
    return;
  side->updates++;
  run(side, "SSL_verify_client_post_handshake", SSL_do_handshake);
}

/* Whether a message of its own may begin. */
static bool is_idle(const struct world_side *side)
{
  return side->established && !side->close_sent && !SSL_in_init(side->ssl);
}

static bool is_tls_1_3(const struct world_side *side)
{
  return SSL_version(side->ssl) == TLS1_3_VERSION;
}
