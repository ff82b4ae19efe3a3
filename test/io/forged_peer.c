/* SPDX-License-Identifier: MIT */
/* forged_peer: a peer that keeps and breaks the rules, by numbers. */
#include "forged_peer.h"

#include <openssl/ssl.h>
#include <sanstls/conninfo.h>
#include <string.h>

#include "support/expect.h"
#include "support/pair.h"

static void put(struct forged_peer *peer, const void *bytes, size_t len)
{
  cr_assert_leq(peer->len + len, sizeof peer->bytes);
  memcpy(peer->bytes + peer->len, bytes, len);
  peer->len += len;
}

static void put_form(struct forged_peer *peer,
                     const struct record_sealer_form *form)
{
  peer->last_len = record_sealer_seal(&peer->sealer, form, peer->last);
  put(peer, peer->last, peer->last_len);
}

static void put_content(struct forged_peer *peer, uint8_t type,
                        const void *content, size_t len)
{
  const struct record_sealer_form form =
      record_sealer_form_of(peer->is_new, type, content, len);

  put_form(peer, &form);
}

static void put_data(struct forged_peer *peer, unsigned number, size_t len)
{
  static unsigned char data[RECORD_SEALER_CONTENT_MAX];
  struct record_sealer_form form =
      record_sealer_form_of(peer->is_new, SSL3_RT_APPLICATION_DATA, data, len);

  pair_pattern(data, len, number % 1000);
  if (peer->is_new && number % 3 == 0) form.padding_len = number / 3 % 600;
  if (form.len + form.padding_len > 16384) form.padding_len = 0;
  put_form(peer, &form);
}

static void put_key_update(struct forged_peer *peer, unsigned number)
{
  const uint8_t message[] = {SSL3_MT_KEY_UPDATE, 0, 0, 1, number & 1};
  const size_t cut = number % 6;

  if (cut > 0 && cut < 5) put_content(peer, SSL3_RT_HANDSHAKE, message, cut);
  if (cut > 0 && cut < 5 && number / 6 % 3 == 0) put_data(peer, number, 10);
  put_content(peer, SSL3_RT_HANDSHAKE, message + cut % 5, 5 - cut % 5);
  record_sealer_update(&peer->sealer);
}

/* A KeyUpdate that something follows in its record. */
static void put_bad_key_update(struct forged_peer *peer, unsigned number)
{
  static const uint8_t messages[] = {24, 0, 0, 1, 0, 24, 0, 0, 1, 7, 0};
  static const struct {
    size_t at, len;
  } rows[] = {{0, 6}, {0, 10}, {5, 5}, {5, 6}, {0, 9}, {1, 4}};
  const size_t row = number % (sizeof rows / sizeof *rows);

  put_content(peer, SSL3_RT_HANDSHAKE, messages + rows[row].at, rows[row].len);
}

static void put_alert(struct forged_peer *peer, unsigned number)
{
  static const uint8_t alerts[][4] = {{1, 0},  {1, 90}, {2, 40}, {1, 0, 1, 0},
                                      {1, 41}, {9, 9},  {2, 0},  {1, 100}};
  static const size_t lens[] = {2, 2, 2, 2, 0, 1, 3, 4};

  put_content(peer, SSL3_RT_ALERT, alerts[number % 8], lens[number / 8 % 8]);
}

/* RFC 8446, 5.4: only padding; and types that do not belong here. */
static void put_odd_type(struct forged_peer *peer, unsigned number)
{
  static const uint8_t types[] = {0, 20, 24, 99, 255, 0};
  struct record_sealer_form form = record_sealer_form_of(
      peer->is_new, types[number % 6], "\1\1\1", number / 6 % 4);

  if (form.type == 0) form.len = 0;
  if (peer->is_new) form.padding_len = number % 5 * 100;
  if (number % 7 == 0) form.has_no_type = true;
  put_form(peer, &form);
}

static void put_long(struct forged_peer *peer, unsigned number)
{
  static const size_t lens[] = {16383, 16384, 16385, 16500, 16624,
                                16700, 18000, 18408, 18500};
  static uint8_t zeroes[RECORD_SEALER_CONTENT_MAX];
  static const uint8_t types[] = {23, 23, 22, 21};
  const size_t len = lens[number % 9];
  struct record_sealer_form form =
      record_sealer_form_of(peer->is_new, types[number / 9 % 4], zeroes, len);

  if (peer->is_new && number / 36 % 2 == 0) {
    form.len = number % 3;
    form.padding_len = len - form.len;
  }
  put_form(peer, &form);
}

static void put_changed(struct forged_peer *peer, unsigned number)
{
  static const unsigned versions[] = {0x0303, 0x0301, 0x0304, 0x0300, 0x0203};
  static const uint8_t header_types[] = {20, 21, 22, 23, 24, 25, 255, 0};
  struct record_sealer_form form = record_sealer_form_of(
      peer->is_new, SSL3_RT_APPLICATION_DATA, "changed", number % 8);

  if (number / 8 % 3 == 0) form.version = versions[number / 24 % 5];
  if (number / 8 % 3 == 1)
    form.header_type = header_types[number / 24 % 8];
  if (number / 8 % 3 == 2 || number % 5 == 0) form.has_wrong_tag = true;
  put_form(peer, &form);
}

/* On its way, a record is repeated, dropped or changed. */
static void put_damage(struct forged_peer *peer, unsigned number)
{
  const size_t from = peer->len;

  switch (number % 4) {
    case 0:
      put(peer, peer->last, peer->last_len);
      return;
    case 1:
      put_data(peer, number, 30);
      peer->len = from;
      put_data(peer, number, 40);
      return;
    case 2:
      put_data(peer, number, 50);
      peer->bytes[from + number / 4 % (peer->len - from)] ^=
          (uint8_t)(1 << number / 400 % 8);
      return;
    default:
      put_data(peer, number, 60);
      put_data(peer, number, 70);
      memmove(peer->bytes + from, peer->last, peer->last_len);
  }
}

/* What nobody sealed. */
static void put_raw(struct forged_peer *peer, unsigned number)
{
  static const struct {
    size_t len;
    uint8_t bytes[13];
  } rows[] = {{7, {21, 3, 3, 0, 2, 1, 0}}, {7, {21, 3, 3, 0, 2, 2, 40}},
              {6, {20, 3, 3, 0, 1, 1}},    {5, {23, 3, 3, 0, 0}},
              {6, {23, 3, 3, 0, 1, 0}},    {5, {23, 3, 3, 255, 255}},
              {5, {22, 3, 3, 0, 0}},       {9, {22, 3, 3, 0, 4, 0, 0, 0, 0}},
              {12, "GET / HTTP/1"},        {5, {0, 0, 0, 0, 0}},
              {5, {23, 3, 3, 72, 1}},      {5, {128, 3, 1, 3, 3}}};

  put(peer, rows[number % 12].bytes, rows[number % 12].len);
}

static void put_blank(struct forged_peer *peer, unsigned number)
{
  static const uint8_t zeroes[40];
  uint8_t header[] = {23, 3, 3, 0, (uint8_t)(14 + number % 12)};

  put(peer, header, 5);
  put(peer, zeroes, header[4]);
}

static void put_message(struct forged_peer *peer, unsigned number)
{
  static const uint8_t types[] = {0, 1, 2, 4, 13, 11, 15, 20, 77, 24};
  static const size_t lens[] = {0, 0, 1, 30, 500, 70000, 131072, 0xffffff};
  const size_t len = lens[number / 10 % 8];
  uint8_t message[1000] = {types[number % 10], (uint8_t)(len >> 16),
                           (uint8_t)(len >> 8), (uint8_t)len};

  put_content(peer, SSL3_RT_HANDSHAKE, message,
              4 + (len < 900 ? len : number % 900));
}

static void put_many_empty(struct forged_peer *peer, unsigned number)
{
  static const int nums[] = {6, 12, 31, 34};
  const int num = nums[number % 4];

  for (int i = 0; i < num; i++) put_data(peer, 1, 0);
}

static void put_many_updates(struct forged_peer *peer, unsigned number)
{
  for (unsigned i = 0; peer->is_new && i < 20 + number % 20; i++)
    put_key_update(peer, number % 2);
}

void forged_peer_open(struct forged_peer *peer, stls_object *side, uint64_t seq)
{
  peer->is_new =
      stls_conninfo_version(stls_object_conninfo(side)) == STLS_TLS_1_3;
  peer->len = peer->last_len = 0;
  record_sealer_open(&peer->sealer, side, seq);
}

void forged_peer_close(struct forged_peer *peer)
{
  record_sealer_close(&peer->sealer);
}

void forged_peer_send_lawful(struct forged_peer *peer, unsigned number)
{
  static const size_t lens[] = {0, 1, 30, 300, 5000, 16384, 12, 16383};

  if (peer->is_new && number % 8 == 7)
    put_key_update(peer, number / 8 & 1);
  else
    put_data(peer, number / 8, lens[number % 8]);
}

void forged_peer_send_unlawful(struct forged_peer *peer, unsigned number)
{
  static void (*const puts[])(struct forged_peer *, unsigned) = {
      put_key_update,  put_bad_key_update, put_alert,   put_odd_type,
      put_long,        put_changed,        put_damage,  put_raw,
      put_blank,       put_message,        put_message, put_many_empty,
      put_many_updates};
  const size_t num = sizeof puts / sizeof *puts;

  if (!peer->is_new && puts[number % num] == put_key_update) return;
  puts[number % num](peer, number / (unsigned)num);
}

void forged_peer_take(struct forged_peer *peer, size_t len)
{
  memmove(peer->bytes, peer->bytes + len, peer->len - len);
  peer->len -= len;
}
