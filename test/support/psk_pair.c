/* SPDX-License-Identifier: MIT */
/* psk_pair: pairs whose two sides look up pre-shared keys. */
#include "psk_pair.h"

#include <string.h>

#include <sanstls/ciphers.h>
#include <sanstls/conninfo.h>

#include "expect.h"

psk_pair_keys psk_pair_client;
psk_pair_keys psk_pair_server;

static const psk_pair_keys usual = {
    .has_key = true, .identity_len = 20, .key_len = 32};

static void fill(unsigned char *out, size_t len, unsigned char salt);
static bool answer(psk_pair_keys *keys, stls_psk *psk, bool is_client);
static bool look_up_client(stls_object *object, const char *hint, stls_psk *psk,
                           void *user_data);
static bool look_up_server(stls_object *object, const uint8_t *identity,
                           size_t identity_len, stls_psk *psk, void *user_data);

void psk_pair_reset(void)
{
  psk_pair_client = usual;
  psk_pair_server = usual;
}

void psk_pair_set_client(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_psk_client(context, look_up_client,
                                            &psk_pair_client, NULL),
                STLS_OK, "client's look-up");
}

void psk_pair_set_server(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_psk_server(context, look_up_server, NULL,
                                            &psk_pair_server, NULL),
                STLS_OK, "server's look-up");
}

void psk_pair_tune_client(stls_context *context)
{
  psk_pair_set_client(context);
  ASSERT_RESULT(stls_context_set_ciphers(context, PSK_PAIR_SUITE, NULL),
                STLS_OK, PSK_PAIR_SUITE);
}

void psk_pair_tune_server(stls_context *context)
{
  ASSERT_RESULT(stls_context_set_psk_server(context, look_up_server, "hint",
                                            &psk_pair_server, NULL),
                STLS_OK, "server's look-up");
  ASSERT_RESULT(stls_context_set_ciphers(context, PSK_PAIR_SUITE, NULL),
                STLS_OK, PSK_PAIR_SUITE);
}

bool psk_pair_deny_client(stls_object *object, const char *hint, stls_psk *psk,
                          void *user_data)
{
  (void)object;
  (void)hint;
  (void)psk;
  (void)user_data;
  return false;
}

bool psk_pair_deny_server(stls_object *object, const uint8_t *identity,
                          size_t identity_len, stls_psk *psk, void *user_data)
{
  (void)object;
  (void)identity;
  (void)identity_len;
  (void)psk;
  (void)user_data;
  return false;
}

bool psk_pair_is_reported(const stls_object *object)
{
  const stls_conninfo *info = stls_object_conninfo(object);
  unsigned char want[STLS_PSK_IDENTITY_MAX];
  size_t len = 0;
  const uint8_t *identity = stls_conninfo_psk_identity(info, &len);

  fill(want, psk_pair_client.identity_len, psk_pair_client.identity_salt);
  return stls_conninfo_psk(info) && identity != NULL &&
         len == psk_pair_client.identity_len &&
         memcmp(identity, want, len) == 0 && identity[len] == 0;
}

/* Without zero bytes, which TLS 1.2 cannot send in an identity. */
static void fill(unsigned char *out, size_t len, unsigned char salt)
{
  for (size_t i = 0; i < len; i++)
    out[i] = (unsigned char)(1 + (i * 7 + salt) % 255);
}

static bool answer(psk_pair_keys *keys, stls_psk *psk, bool is_client)
{
  unsigned char bytes[STLS_PSK_KEY_MAX + 1];
  stls_result result = STLS_OK;

  keys->set = STLS_OK;
  if (!keys->has_key) return false;
  if (is_client && keys->identity_len > 0) {
    fill(bytes, keys->identity_len, keys->identity_salt);
    keys->set = stls_psk_set_identity(psk, bytes, keys->identity_len);
  }
  if (keys->key_len > 0) {
    fill(bytes, keys->key_len, (unsigned char)(keys->key_salt + 100));
    result = stls_psk_set_key(psk, bytes, keys->key_len);
  }
  if (keys->set == STLS_OK) keys->set = result;
  result = stls_psk_set_digest(psk, keys->digest);
  if (keys->set == STLS_OK) keys->set = result;
  return true;
}

static bool look_up_client(stls_object *object, const char *hint, stls_psk *psk,
                           void *user_data)
{
  psk_pair_keys *keys = user_data;

  keys->asked++;
  keys->had_hint = hint != NULL;
  if (hint != NULL) strncpy(keys->hint, hint, STLS_PSK_IDENTITY_MAX);
  if (keys->before_answer != NULL) keys->before_answer(object);
  return answer(keys, psk, true);
}

static bool look_up_server(stls_object *object, const uint8_t *identity,
                           size_t identity_len, stls_psk *psk, void *user_data)
{
  psk_pair_keys *keys = user_data;
  unsigned char known[STLS_PSK_IDENTITY_MAX];

  keys->asked++;
  memcpy(keys->identity, identity, identity_len);
  keys->heard_len = identity_len;
  if (keys->before_answer != NULL) keys->before_answer(object);
  fill(known, keys->identity_len, keys->identity_salt);
  if (identity_len != keys->identity_len ||
      memcmp(identity, known, identity_len) != 0)
    return false;
  return answer(keys, psk, false);
}
