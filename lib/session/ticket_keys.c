/* SPDX-License-Identifier: MIT */
/* ticket_keys: holds and rotates the keys that encrypt session tickets. */
/* For clock_gettime: ISO C has no monotonic clock. */
#define _POSIX_C_SOURCE 200809L

#include "session/ticket_keys.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <sanstls/session.h>
#include <string.h>
#include <time.h>

#include "base/error.h"
#include "base/mem.h"
#include "session/session_lifetime.h"

/* CLOCK_BOOTTIME, where it exists, also counts while the machine sleeps. */
#ifdef CLOCK_BOOTTIME
#define CLOCK CLOCK_BOOTTIME
#else
#define CLOCK CLOCK_MONOTONIC
#endif

struct stls_ticket_keys {
  /* Protects what follows, except cipher, libctx and clock. */
  CRYPTO_RWLOCK *lock;
  EVP_CIPHER *cipher;
  OSSL_LIB_CTX *libctx;
  /* Without a function, clock_seconds is used. */
  struct stls_clock clock;
  /* The application has set the keys: none is made or rotated. */
  bool is_set;
  /* When the first key was made, and when the second one expires. */
  int64_t made;
  int64_t second_expires;
  size_t num;
  struct stls_ticket_keys_key keys[STLS_TICKET_KEYS_MAX];
};

static bool is_stale(const stls_ticket_keys *ticket_keys);
static bool is_second_expired(const stls_ticket_keys *ticket_keys, int64_t now);
static void rotate(stls_ticket_keys *ticket_keys);
static bool make_key(const stls_ticket_keys *ticket_keys,
                     struct stls_ticket_keys_key *out_key);
static int64_t now_of(const stls_ticket_keys *ticket_keys);
static int64_t clock_seconds(void);

stls_ticket_keys *stls_ticket_keys_new(OSSL_LIB_CTX *libctx, const char *propq)
{
  stls_ticket_keys *ticket_keys = stls_mem_zalloc(sizeof *ticket_keys);

  if (ticket_keys == NULL) return NULL;
  ticket_keys->libctx = libctx;
  ticket_keys->lock = CRYPTO_THREAD_lock_new();
  ticket_keys->cipher = EVP_CIPHER_fetch(libctx, "AES-256-CBC", propq);
  if (ticket_keys->lock != NULL && ticket_keys->cipher != NULL)
    return ticket_keys;
  stls_ticket_keys_free(ticket_keys);
  return NULL;
}

void stls_ticket_keys_free(stls_ticket_keys *ticket_keys)
{
  if (ticket_keys == NULL) return;
  CRYPTO_THREAD_lock_free(ticket_keys->lock);
  EVP_CIPHER_free(ticket_keys->cipher);
  stls_mem_free_clear(ticket_keys, sizeof *ticket_keys);
}

stls_result stls_ticket_keys_check(const void *keys, size_t len,
                                   stls_error *err)
{
  const unsigned char *bytes = keys;

  if (keys == NULL) return stls_error_null(err, "keys");
  if (len == 0 || len % STLS_TICKET_KEY_LEN != 0)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_OUT_OF_RANGE,
                           "len is no multiple of 80");
  if (len > (size_t)STLS_TICKET_KEYS_MAX * STLS_TICKET_KEY_LEN)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_TOO_LONG,
                           "len is more than 16 keys");
  for (size_t i = 0; i < len; i += STLS_TICKET_KEY_LEN)
    for (size_t j = 0; j < i; j += STLS_TICKET_KEY_LEN)
      if (memcmp(bytes + i, bytes + j, STLS_TICKET_KEYS_NAME_LEN) == 0)
        return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_CONFLICT,
                               "two keys have the same name");
  return STLS_OK;
}

void stls_ticket_keys_set(stls_ticket_keys *ticket_keys, const void *keys,
                          size_t len)
{
  CRYPTO_THREAD_write_lock(ticket_keys->lock);
  OPENSSL_cleanse(ticket_keys->keys, sizeof ticket_keys->keys);
  memcpy(ticket_keys->keys, keys, len);
  ticket_keys->num = len / sizeof ticket_keys->keys[0];
  ticket_keys->is_set = true;
  CRYPTO_THREAD_unlock(ticket_keys->lock);
}

void stls_ticket_keys_reset(stls_ticket_keys *ticket_keys)
{
  CRYPTO_THREAD_write_lock(ticket_keys->lock);
  OPENSSL_cleanse(ticket_keys->keys, sizeof ticket_keys->keys);
  ticket_keys->num = 0;
  ticket_keys->is_set = false;
  CRYPTO_THREAD_unlock(ticket_keys->lock);
}

bool stls_ticket_keys_is_set(stls_ticket_keys *ticket_keys)
{
  bool is_set;

  CRYPTO_THREAD_read_lock(ticket_keys->lock);
  is_set = ticket_keys->is_set;
  CRYPTO_THREAD_unlock(ticket_keys->lock);
  return is_set;
}

void stls_ticket_keys_set_clock(stls_ticket_keys *ticket_keys,
                                const struct stls_clock *clock)
{
  ticket_keys->clock = *clock;
}

/* The names are public: memcmp may be used. */
bool stls_ticket_keys_find(stls_ticket_keys *ticket_keys,
                           const unsigned char *name,
                           struct stls_ticket_keys_key *out_key,
                           bool *out_is_first)
{
  bool found = false;

  CRYPTO_THREAD_read_lock(ticket_keys->lock);
  if (is_stale(ticket_keys)) {
    CRYPTO_THREAD_unlock(ticket_keys->lock);
    CRYPTO_THREAD_write_lock(ticket_keys->lock);
    /* Another thread may have rotated them between the two locks. */
    if (is_stale(ticket_keys)) rotate(ticket_keys);
  }
  for (size_t i = 0; i < ticket_keys->num && !found; i++) {
    const struct stls_ticket_keys_key *key = &ticket_keys->keys[i];
    found = name == NULL || memcmp(name, key->name, sizeof key->name) == 0;
    if (found) *out_key = *key;
    if (found) *out_is_first = i == 0;
  }
  CRYPTO_THREAD_unlock(ticket_keys->lock);
  return found;
}

bool stls_ticket_keys_init_cipher(const stls_ticket_keys *ticket_keys,
                                  struct stls_ticket_keys_key *key,
                                  const unsigned char *iv, bool encrypt,
                                  EVP_CIPHER_CTX *cipher_ctx,
                                  EVP_MAC_CTX *mac_ctx)
{
  char digest[] = "SHA256";
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_octet_string(OSSL_MAC_PARAM_KEY, key->mac,
                                        sizeof key->mac),
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end()};

  return EVP_MAC_CTX_set_params(mac_ctx, params) == 1 &&
         EVP_CipherInit_ex2(cipher_ctx, ticket_keys->cipher, key->cipher, iv,
                            encrypt, NULL) == 1;
}

static bool is_stale(const stls_ticket_keys *ticket_keys)
{
  int64_t now;

  if (ticket_keys->is_set) return false;
  if (ticket_keys->num == 0) return true;
  now = now_of(ticket_keys);
  return is_second_expired(ticket_keys, now) ||
         stls_session_lifetime_is_in_future(ticket_keys->made, now) ||
         now - ticket_keys->made >= STLS_TICKET_KEYS_PERIOD;
}

static bool is_second_expired(const stls_ticket_keys *ticket_keys, int64_t now)
{
  return ticket_keys->num == 2 && now >= ticket_keys->second_expires;
}

/* An application's clock may be set back: the tickets of a key of the future are
 * of the future, too, and accepted by nobody.
 *
 * The first key becomes the second one, and expires when it would have expired
 * after a rotation in time. Without randomness the first key stays in use until
 * then. */
static void rotate(stls_ticket_keys *ticket_keys)
{
  const int64_t now = now_of(ticket_keys);
  const bool is_back =
      stls_session_lifetime_is_in_future(ticket_keys->made, now);
  struct stls_ticket_keys_key fresh;
  bool is_kept = ticket_keys->num > 0 && !is_back &&
                 now - ticket_keys->made < 2 * STLS_TICKET_KEYS_PERIOD;
  bool is_made;

  if (is_second_expired(ticket_keys, now)) {
    OPENSSL_cleanse(&ticket_keys->keys[1], sizeof ticket_keys->keys[1]);
    ticket_keys->num = 1;
  }
  if (ticket_keys->num > 0 && !is_back &&
      now - ticket_keys->made < STLS_TICKET_KEYS_PERIOD)
    return;
  is_made = make_key(ticket_keys, &fresh);
  if (is_made || !is_kept) {
    OPENSSL_cleanse(&ticket_keys->keys[1], sizeof ticket_keys->keys[1]);
    if (is_kept) ticket_keys->keys[1] = ticket_keys->keys[0];
    OPENSSL_cleanse(&ticket_keys->keys[0], sizeof ticket_keys->keys[0]);
    ticket_keys->num = 0;
  }
  if (is_made) {
    ticket_keys->keys[0] = fresh;
    ticket_keys->num = is_kept ? 2 : 1;
    ticket_keys->second_expires =
        ticket_keys->made + 2 * STLS_TICKET_KEYS_PERIOD;
    ticket_keys->made = now;
  }
  OPENSSL_cleanse(&fresh, sizeof fresh);
}

static bool make_key(const stls_ticket_keys *ticket_keys,
                     struct stls_ticket_keys_key *out_key)
{
  unsigned char *bytes = (unsigned char *)out_key;

  return RAND_bytes_ex(ticket_keys->libctx, out_key->name, sizeof out_key->name,
                       0) == 1 &&
         RAND_priv_bytes_ex(ticket_keys->libctx, bytes + sizeof out_key->name,
                            sizeof *out_key - sizeof out_key->name, 0) == 1;
}

static int64_t now_of(const stls_ticket_keys *ticket_keys)
{
  return ticket_keys->clock.fn == NULL ? clock_seconds()
                                       : stls_clock_now(&ticket_keys->clock);
}

static int64_t clock_seconds(void)
{
  struct timespec now = {0, 0};

  clock_gettime(CLOCK, &now);
  return now.tv_sec;
}
