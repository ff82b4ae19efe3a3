/* SPDX-License-Identifier: MIT */
/* record_peer: the steps of the forged side: what it seals, and what becomes of it. */
#include "record_peer.h"

#include <openssl/ssl.h>
#include <string.h>

#include "fuzz.h"

enum {
  PLAINTEXT_MAX = 16384,
  /* In place of data that must not be read. */
  MARK = 0xd7
};

static void put(struct record_world *world, const uint8_t *bytes, size_t len)
{
  if (len > sizeof world->wire - world->wire_len) return;
  memcpy(world->wire + world->wire_len, bytes, len);
  world->wire_len += len;
}

static void put_form(struct record_world *world,
                     const struct record_sealer_form *form)
{
  world->last_len = record_sealer_seal(&world->sealer, form, world->last);
  put(world, world->last, world->last_len);
}

static bool is_tls_1_3(const struct record_world *world)
{
  return world->sealer.keys.suite.is_tls_1_3;
}

/* Without the number that the peer counts, libssl cannot tell a record of TLS 1.2 of
 * a type that is not known from a forged one. */
static uint8_t type_of(const struct record_world *world, uint8_t number)
{
  return is_tls_1_3(world) ? number : (uint8_t)(20 + number % 4);
}

static void put_content(struct record_world *world, uint8_t type,
                        const void *content, size_t len)
{
  const struct record_sealer_form form =
      record_sealer_form_of(is_tls_1_3(world), type, content, len);

  put_form(world, &form);
}

FUZZ_UNSEEN static void put_data(struct record_world *world, size_t len,
                                 size_t padding_len)
{
  static uint8_t data[PLAINTEXT_MAX];
  struct record_sealer_form form = record_sealer_form_of(
      is_tls_1_3(world), SSL3_RT_APPLICATION_DATA, data, len);

  for (size_t i = 0; i < len; i++)
    data[i] = record_watch_pattern(world->num_sealed + i);
  if (is_tls_1_3(world)) form.padding_len = padding_len;
  put_form(world, &form);
  world->num_sealed += len;
}

void record_peer_data(struct record_world *world,
                      const struct record_script_step *step)
{
  static const size_t corners[] = {0, 1, PLAINTEXT_MAX - 1, PLAINTEXT_MAX};
  const size_t len = step->b < 4   ? corners[step->b]
                     : step->b & 1 ? step->n % 100
                                   : step->n % (PLAINTEXT_MAX + 1);

  const size_t padding_len =
      step->c < 128 ? 0 : (size_t)(step->c - 127) * step->a;

  put_data(
      world, len,
      padding_len < PLAINTEXT_MAX - len ? padding_len : PLAINTEXT_MAX - len);
}

void record_peer_content(struct record_world *world,
                         const struct record_script_step *step)
{
  struct record_sealer_form form = record_sealer_form_of(
      is_tls_1_3(world), type_of(world, step->a), step->bytes, step->len);

  /* The bytes are those of no data that was agreed on. */
  if (form.type == SSL3_RT_APPLICATION_DATA) {
    put_data(world, step->len, step->c);
    return;
  }
  if (is_tls_1_3(world)) form.padding_len = step->c * (step->n % 64);
  put_form(world, &form);
}

void record_peer_long(struct record_world *world,
                      const struct record_script_step *step)
{
  static uint8_t content[RECORD_SEALER_CONTENT_MAX];
  const size_t len = PLAINTEXT_MAX - 8 + step->n % (step->b & 1 ? 300 : 2100);
  const uint8_t type = type_of(world, (uint8_t)(20 + step->a % 4));
  const bool has_padding = is_tls_1_3(world) && (step->b & 2) != 0;
  struct record_sealer_form form;

  /* Some versions of libssl let padding make a record too long. */
  if (type == SSL3_RT_APPLICATION_DATA &&
      (len <= PLAINTEXT_MAX || has_padding)) {
    put_data(world, has_padding ? step->c : len,
             has_padding ? len - step->c : 0);
    return;
  }
  memset(content, type == SSL3_RT_APPLICATION_DATA ? MARK : step->c,
         sizeof content);
  form = record_sealer_form_of(is_tls_1_3(world), type, content, len);
  if (has_padding) {
    form.len = step->c;
    form.padding_len = len - form.len;
  }
  put_form(world, &form);
}

void record_peer_update(struct record_world *world,
                        const struct record_script_step *step)
{
  const uint8_t message[] = {SSL3_MT_KEY_UPDATE, 0, 0, 1, step->a & 1};
  const size_t cut = step->b % 6;

  if (!is_tls_1_3(world)) return;
  if (cut > 0 && cut < 5) put_content(world, SSL3_RT_HANDSHAKE, message, cut);
  if (cut > 0 && cut < 5 && step->c % 5 == 0) put_data(world, 10, 0);
  put_content(world, SSL3_RT_HANDSHAKE, message + cut % 5, 5 - cut % 5);
  wire_keys_update(&world->sealer.keys);
}

void record_peer_alert(struct record_world *world,
                       const struct record_script_step *step)
{
  static const uint8_t descriptions[] = {0, 90, 40, 100, 20, 41, 61, 255};
  const uint8_t level = (uint8_t)(1 + (step->a & 1));
  const uint8_t description =
      step->c & 1 ? step->b : descriptions[step->b % sizeof descriptions];
  const uint8_t alert[] = {level, description, level, description};
  static const size_t lens[] = {2, 2, 2, 2, 2, 0, 1, 4};

  put_content(world, SSL3_RT_ALERT, alert, lens[step->n % 8]);
}

void record_peer_message(struct record_world *world,
                         const struct record_script_step *step)
{
  static const size_t lens[] = {0, 0, 1, 30, 500, 70000, 131072, 0xffffff};
  const size_t len = lens[step->b % 8];
  uint8_t message[1000] = {step->a, (uint8_t)(len >> 16), (uint8_t)(len >> 8),
                           (uint8_t)len};

  memset(message + 4, step->c, sizeof message - 4);
  put_content(world, SSL3_RT_HANDSHAKE, message,
              4 + (step->n & 1 && len < 900 ? len : step->n % 900));
}

void record_peer_many(struct record_world *world,
                      const struct record_script_step *step)
{
  const struct record_script_step update = {.a = step->b};

  for (size_t i = 0; i < step->n % 40; i++)
    if (step->a & 1)
      record_peer_update(world, &update);
    else
      put_data(world, 0, step->b);
}

void record_peer_changed(struct record_world *world,
                         const struct record_script_step *step)
{
  static const unsigned versions[] = {0x0301, 0x0304, 0x0300, 0x0203, 0x0302};
  uint8_t content[200] = {0};
  struct record_sealer_form form =
      record_sealer_form_of(is_tls_1_3(world), SSL3_RT_APPLICATION_DATA,
                            content, step->n % sizeof content);

  memset(content, MARK, sizeof content);
  switch (step->a % 4) {
    case 0:
      form.version = versions[step->b % 5];
      break;
    case 1:
      form.header_type = type_of(world, step->b);
      if (form.header_type == form.type) form.has_wrong_tag = true;
      break;
    case 2:
      /* The content's last byte is the type then, which MARK is not. */
      if (!is_tls_1_3(world)) form.has_wrong_tag = true;
      form.has_no_type = true;
      form.padding_len = is_tls_1_3(world) ? step->b : 0;
      break;
    default:
      form.has_wrong_tag = true;
  }
  put_form(world, &form);
}

void record_peer_raw(struct record_world *world,
                     const struct record_script_step *step)
{
  put(world, step->bytes, step->len);
}

void record_peer_damage(struct record_world *world,
                        const struct record_script_step *step)
{
  if (world->wire_len == 0) return;
  switch (step->a % 4) {
    case 0:
      world->wire[step->n % world->wire_len] ^= step->b;
      break;
    case 1:
      put(world, world->last, world->last_len);
      break;
    case 2:
      world->wire_len = step->n % world->wire_len;
      break;
    default:
      record_peer_arrive(world, step->n % world->wire_len);
  }
}

void record_peer_arrive(struct record_world *world, size_t len)
{
  memmove(world->wire, world->wire + len, world->wire_len - len);
  world->wire_len -= len;
}
