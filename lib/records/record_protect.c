/* SPDX-License-Identifier: MIT */
/* record_protect: seals and opens one record. */
#include "records/record_protect.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "base/mem.h"
#include "records/record_nonce.h"
#include "records/record_pieces.h"

/* Up to this size, content is copied behind the header and sealed in place by
 * one update: that costs less than an update for each piece. Larger content is
 * copied, too, if its pieces have less than PIECE_MIN bytes on average. */
#define COPY_MAX ((size_t)2048)
#define PIECE_MIN ((size_t)2048)

static bool begin_seal(struct stls_record_protect *protect,
                       const struct stls_record_suite *suite,
                       const struct stls_record_key *key, const uint8_t *nonce,
                       const struct stls_record_nonce_aad *aad);
static bool begin_open(struct stls_record_protect *protect,
                       const struct stls_record_suite *suite,
                       const struct stls_record_key *key, const uint8_t *nonce,
                       const struct stls_record_nonce_aad *aad,
                       const uint8_t *tag);
static bool make(struct stls_record_protect *protect,
                 const struct stls_record_suite *suite,
                 const struct stls_record_key *key, bool seals);
static bool is_copied(const struct stls_record_content *content);
static bool put_content(EVP_CIPHER_CTX *evp,
                        const struct stls_record_content *content,
                        uint8_t *out);
static size_t put_trailer(const struct stls_record_content *content,
                          bool has_type, uint8_t *out);
static bool seal_content(EVP_CIPHER_CTX *evp,
                         const struct stls_record_content *content,
                         bool has_type, uint8_t *out);
static bool finish_seal(EVP_CIPHER_CTX *evp, uint8_t *out);
static bool decrypt(EVP_CIPHER_CTX *evp, struct stls_record_pieces *in,
                    size_t len, uint8_t *out, size_t out_cap,
                    uint8_t *out_last);
static bool decrypt_pieces(EVP_CIPHER_CTX *evp, struct stls_record_pieces *in,
                           size_t len, uint8_t *out);
static stls_record_opened check_tag(EVP_CIPHER_CTX *evp,
                                    const struct stls_record_suite *suite,
                                    const uint8_t *tag);

void stls_record_protect_clear(struct stls_record_protect *protect)
{
  EVP_CIPHER_CTX_free(protect->evp);
  protect->evp = NULL;
}

bool stls_record_protect_seal(struct stls_record_protect *protect,
                              const struct stls_record_suite *suite,
                              const struct stls_record_key *key, uint64_t seq,
                              uint64_t nonce,
                              const struct stls_record_content *content,
                              uint8_t *out)
{
  const size_t plain_len =
      content->len + content->padding_len + (suite->is_tls_1_3 ? 1 : 0);
  const size_t explicit_len =
      suite->has_explicit_nonce ? STLS_RECORD_NONCE_EXPLICIT_LEN : 0;
  const size_t body_len = explicit_len + plain_len + STLS_RECORD_TAG_LEN;
  uint8_t *body = out + STLS_RECORD_HEADER_LEN;
  uint8_t iv[STLS_RECORD_IV_LEN];
  struct stls_record_nonce_aad aad;

  out[0] = suite->is_tls_1_3 ? SSL3_RT_APPLICATION_DATA : content->type;
  out[1] = 3;
  out[2] = 3;
  out[3] = (uint8_t)(body_len >> 8);
  out[4] = (uint8_t)body_len;
  if (explicit_len > 0) stls_record_nonce_put_64(body, nonce);
  stls_record_nonce_make(suite, key, seq, body, iv);
  stls_record_nonce_make_aad(suite, seq, out, plain_len, &aad);
  if (!begin_seal(protect, suite, key, iv, &aad)) return false;
  body += explicit_len;
  return seal_content(protect->evp, content, suite->is_tls_1_3, body) &&
         finish_seal(protect->evp, body + plain_len);
}

size_t stls_record_protect_room(const struct stls_record_suite *suite,
                                size_t record_len)
{
  const size_t overhead = stls_record_suite_overhead(suite);

  return record_len > overhead ? record_len - overhead : 0;
}

stls_record_opened stls_record_protect_open(
    struct stls_record_protect *protect, const struct stls_record_suite *suite,
    const struct stls_record_key *key, uint64_t seq, const stls_span *pieces,
    size_t record_len, uint8_t *out, size_t out_cap, size_t *out_len,
    uint8_t *out_type)
{
  const size_t overhead = stls_record_suite_overhead(suite);
  const size_t type_len = suite->is_tls_1_3 ? 1 : 0;
  const size_t explicit_len =
      suite->has_explicit_nonce ? STLS_RECORD_NONCE_EXPLICIT_LEN : 0;
  uint8_t room[STLS_RECORD_HEADER_LEN + STLS_RECORD_NONCE_EXPLICIT_LEN];
  uint8_t tag_room[STLS_RECORD_TAG_LEN], iv[STLS_RECORD_IV_LEN], last = 0;
  struct stls_record_pieces in = {pieces, 0}, behind;
  stls_record_opened opened;
  const uint8_t *head, *tag;
  struct stls_record_nonce_aad aad;
  size_t len;

  if (record_len < overhead) return STLS_RECORD_FORGED;
  len = record_len - overhead + type_len;
  head =
      stls_record_pieces_take(&in, STLS_RECORD_HEADER_LEN + explicit_len, room);
  stls_record_nonce_make(suite, key, seq, head + STLS_RECORD_HEADER_LEN, iv);
  stls_record_nonce_make_aad(suite, seq, head, len, &aad);
  behind = stls_record_pieces_behind(pieces, record_len - STLS_RECORD_TAG_LEN);
  tag = stls_record_pieces_take(&behind, STLS_RECORD_TAG_LEN, tag_room);
  if (!begin_open(protect, suite, key, iv, &aad, tag))
    return STLS_RECORD_NO_MEMORY;
  opened = decrypt(protect->evp, &in, len, out, out_cap, &last)
               ? check_tag(protect->evp, suite, tag)
               : STLS_RECORD_NO_MEMORY;
  if (opened != STLS_RECORD_OPENED) {
    stls_mem_wipe(out, len < out_cap ? len : out_cap);
    return opened;
  }
  *out_type = head[0];
  *out_len = len;
  if (!suite->is_tls_1_3) return STLS_RECORD_OPENED;
  if (len > out_cap) len--;
  *out_type = len < *out_len ? last : 0;
  /* The type is the last byte that is not zero (RFC 8446, 5.2). */
  while (*out_type == 0 && len > 0) {
    *out_type = out[--len];
    out[len] = 0;
  }
  *out_len = len;
  return STLS_RECORD_OPENED;
}

/* Gives the context its key once, and each record its nonce. */
static bool begin_seal(struct stls_record_protect *protect,
                       const struct stls_record_suite *suite,
                       const struct stls_record_key *key, const uint8_t *nonce,
                       const struct stls_record_nonce_aad *aad)
{
  int len;

  if (protect->evp == NULL && !make(protect, suite, key, true)) return false;
  return protect->seals &&
         EVP_EncryptInit_ex2(protect->evp, NULL, NULL, nonce, NULL) == 1 &&
         EVP_EncryptUpdate(protect->evp, NULL, &len, aad->bytes,
                           (int)aad->len) == 1;
}

static bool begin_open(struct stls_record_protect *protect,
                       const struct stls_record_suite *suite,
                       const struct stls_record_key *key, const uint8_t *nonce,
                       const struct stls_record_nonce_aad *aad,
                       const uint8_t *tag)
{
  /* Parameters are only read, so dropping the const is safe. */
  const OSSL_PARAM params[] = {
      OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                              (void *)(uintptr_t)tag, STLS_RECORD_TAG_LEN),
      OSSL_PARAM_octet_string(
          OSSL_CIPHER_PARAM_AEAD_TLS1_SET_IV_INV,
          (void *)(uintptr_t)(nonce + STLS_RECORD_NONCE_FIXED_LEN),
          STLS_RECORD_IV_LEN - STLS_RECORD_NONCE_FIXED_LEN),
      OSSL_PARAM_END};
  int len;

  if (protect->evp == NULL && !make(protect, suite, key, false)) return false;
  return !protect->seals &&
         (suite->opens_by_invocation
              ? EVP_CIPHER_CTX_set_params(protect->evp, params) == 1
              : EVP_DecryptInit_ex2(protect->evp, NULL, NULL, nonce, NULL) ==
                    1) &&
         EVP_DecryptUpdate(protect->evp, NULL, &len, aad->bytes,
                           (int)aad->len) == 1;
}

/* Makes the context, with the key. */
static bool make(struct stls_record_protect *protect,
                 const struct stls_record_suite *suite,
                 const struct stls_record_key *key, bool seals)
{
  const EVP_CIPHER *cipher = suite->algorithms->aeads[suite->aead];
  const OSSL_PARAM params[] = {
      OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TLS1_IV_FIXED,
                              (void *)(uintptr_t)key->iv,
                              STLS_RECORD_NONCE_FIXED_LEN),
      OSSL_PARAM_END};

  protect->evp = EVP_CIPHER_CTX_new();
  protect->seals = seals;
  if (protect->evp != NULL &&
      (seals ? EVP_EncryptInit_ex2(protect->evp, cipher, key->key, NULL, NULL)
             : EVP_DecryptInit_ex2(protect->evp, cipher, key->key, NULL,
                                   NULL)) == 1 &&
      (seals || !suite->opens_by_invocation ||
       EVP_CIPHER_CTX_set_params(protect->evp, params) == 1))
    return true;
  stls_record_protect_clear(protect);
  return false;
}

static bool is_copied(const struct stls_record_content *content)
{
  const stls_span *span = content->spans;
  const size_t end = content->offset + content->len;
  size_t num = 0;

  if (content->len <= COPY_MAX) return true;
  for (size_t at = 0; at < end; span++, num++) at += span->len;
  return content->len / num < PIECE_MIN;
}

/* Puts the content of the spans into `out`: as it is, or encrypted with `evp`. */
static bool put_content(EVP_CIPHER_CTX *evp,
                        const struct stls_record_content *content, uint8_t *out)
{
  const stls_span *span = content->spans;
  size_t skip = content->offset, done = 0;
  int len;

  for (; done < content->len; span++) {
    const uint8_t *data = span->data;
    size_t part = span->len > skip ? span->len - skip : 0;
    if (part > content->len - done) part = content->len - done;
    if (part > 0 && evp == NULL)
      memcpy(out + done, data + skip, part);
    else if (part > 0 && EVP_EncryptUpdate(evp, out + done, &len, data + skip,
                                           (int)part) != 1)
      return false;
    skip -= span->len > skip ? skip : span->len;
    done += part;
  }
  return true;
}

/* The type and the padding of TLS 1.3. Returns their length. */
static size_t put_trailer(const struct stls_record_content *content,
                          bool has_type, uint8_t *out)
{
  if (!has_type) return 0;
  out[0] = content->type;
  if (content->padding_len > 0) memset(out + 1, 0, content->padding_len);
  return content->padding_len + 1;
}

/* Copied content is sealed in place, together with the trailer. */
static bool seal_content(EVP_CIPHER_CTX *evp,
                         const struct stls_record_content *content,
                         bool has_type, uint8_t *out)
{
  const bool copies = is_copied(content);
  const size_t start = copies ? 0 : content->len;
  size_t end;
  int len;

  if (!put_content(copies ? NULL : evp, content, out)) return false;
  end = content->len + put_trailer(content, has_type, out + content->len);
  return end == start || EVP_EncryptUpdate(evp, out + start, &len, out + start,
                                           (int)(end - start)) == 1;
}

static bool finish_seal(EVP_CIPHER_CTX *evp, uint8_t *out)
{
  OSSL_PARAM params[2] = {OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                                                  out, STLS_RECORD_TAG_LEN),
                          OSSL_PARAM_END};
  int len;

  return EVP_EncryptFinal_ex(evp, out, &len) == 1 &&
         EVP_CIPHER_CTX_get_params(evp, params) == 1;
}

/* The last byte, which is the type in most records of TLS 1.3, goes to *out_last
 * where `out` has no room for it. */
static bool decrypt(EVP_CIPHER_CTX *evp, struct stls_record_pieces *in,
                    size_t len, uint8_t *out, size_t out_cap, uint8_t *out_last)
{
  const size_t first = len < out_cap ? len : out_cap;

  return decrypt_pieces(evp, in, first, out) &&
         (first == len || decrypt_pieces(evp, in, 1, out_last));
}

static bool decrypt_pieces(EVP_CIPHER_CTX *evp, struct stls_record_pieces *in,
                           size_t len, uint8_t *out)
{
  int done;

  while (len > 0) {
    const stls_span run = stls_record_pieces_run(in, len);
    if (EVP_DecryptUpdate(evp, out, &done, run.data, (int)run.len) != 1)
      return false;
    out += run.len;
    len -= run.len;
  }
  return true;
}

/* Only the last step fails for a wrong tag. */
static stls_record_opened check_tag(EVP_CIPHER_CTX *evp,
                                    const struct stls_record_suite *suite,
                                    const uint8_t *tag)
{
  const OSSL_PARAM params[] = {
      OSSL_PARAM_octet_string(OSSL_CIPHER_PARAM_AEAD_TAG,
                              (void *)(uintptr_t)tag, STLS_RECORD_TAG_LEN),
      OSSL_PARAM_END};
  uint8_t none[STLS_RECORD_TAG_LEN];
  int len;

  if (!suite->opens_by_invocation &&
      EVP_CIPHER_CTX_set_params(evp, params) != 1)
    return STLS_RECORD_NO_MEMORY;
  return EVP_DecryptFinal_ex(evp, none, &len) == 1 ? STLS_RECORD_OPENED
                                                   : STLS_RECORD_FORGED;
}
