/* SPDX-License-Identifier: MIT */
/* record_protect: seals and opens one record. */
#include "records/record_protect.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

#include "base/mem.h"
#include "wire/record_header.h"

#define EXPLICIT_LEN ((size_t)8)

/* TLS 1.2: sequence number, type, version, length (RFC 5246, 6.2.3.3). TLS 1.3: the
 * record's header. */
#define AAD_MAX ((size_t)13)

/* Up to this size, content is copied behind the header and sealed in place by
 * one update: that costs less than an update for each piece. Larger content is
 * copied, too, if its pieces have less than PIECE_MIN bytes on average. */
#define COPY_MAX ((size_t)2048)
#define PIECE_MIN ((size_t)2048)

struct aad {
  uint8_t bytes[AAD_MAX];
  size_t len;
};

/* A place in a record that lies in pieces. */
struct cursor {
  const stls_span *piece;
  size_t at;
};

static bool begin(struct stls_record_protect *protect,
                  const struct stls_record_suite *suite,
                  const struct stls_record_key *key, const uint8_t *nonce,
                  const struct aad *aad, bool seals);
static void make_nonce(const struct stls_record_suite *suite,
                       const struct stls_record_key *key, uint64_t seq,
                       const uint8_t *explicit_nonce, uint8_t *out);
static void make_aad(const struct stls_record_suite *suite, uint64_t seq,
                     const uint8_t *header, size_t plain_len, struct aad *out);
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
static bool decrypt(EVP_CIPHER_CTX *evp, struct cursor *in, size_t len,
                    uint8_t *out, size_t out_cap, uint8_t *out_last);
static bool decrypt_pieces(EVP_CIPHER_CTX *evp, struct cursor *in, size_t len,
                           uint8_t *out);
static stls_record_opened check_tag(EVP_CIPHER_CTX *evp, struct cursor *in);
static inline const uint8_t *take(struct cursor *in, size_t len, uint8_t *room);
static const uint8_t *take_split(struct cursor *in, size_t len, uint8_t *room);
static inline uint64_t get_64(const uint8_t *in);
static inline void put_64(uint8_t *out, uint64_t value);

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
  const size_t explicit_len = suite->has_explicit_nonce ? EXPLICIT_LEN : 0;
  const size_t body_len = explicit_len + plain_len + STLS_RECORD_TAG_LEN;
  uint8_t *body = out + STLS_RECORD_HEADER_LEN;
  uint8_t iv[STLS_RECORD_IV_LEN];
  struct aad aad;

  out[0] = suite->is_tls_1_3 ? SSL3_RT_APPLICATION_DATA : content->type;
  out[1] = 3;
  out[2] = 3;
  out[3] = (uint8_t)(body_len >> 8);
  out[4] = (uint8_t)body_len;
  if (explicit_len > 0) put_64(body, nonce);
  make_nonce(suite, key, seq, body, iv);
  make_aad(suite, seq, out, plain_len, &aad);
  if (!begin(protect, suite, key, iv, &aad, true)) return false;
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
  const size_t explicit_len = suite->has_explicit_nonce ? EXPLICIT_LEN : 0;
  uint8_t room[STLS_RECORD_HEADER_LEN + EXPLICIT_LEN];
  uint8_t iv[STLS_RECORD_IV_LEN], last = 0;
  struct cursor in = {pieces, 0};
  stls_record_opened opened;
  const uint8_t *head;
  struct aad aad;
  size_t len;

  if (record_len < overhead) return STLS_RECORD_FORGED;
  len = record_len - overhead + type_len;
  head = take(&in, STLS_RECORD_HEADER_LEN + explicit_len, room);
  make_nonce(suite, key, seq, head + STLS_RECORD_HEADER_LEN, iv);
  make_aad(suite, seq, head, len, &aad);
  if (!begin(protect, suite, key, iv, &aad, false))
    return STLS_RECORD_NO_MEMORY;
  opened = decrypt(protect->evp, &in, len, out, out_cap, &last)
               ? check_tag(protect->evp, &in)
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
static bool begin(struct stls_record_protect *protect,
                  const struct stls_record_suite *suite,
                  const struct stls_record_key *key, const uint8_t *nonce,
                  const struct aad *aad, bool seals)
{
  const EVP_CIPHER *cipher = NULL;
  const uint8_t *first_key = NULL;
  int len;

  if (protect->evp == NULL) {
    protect->evp = EVP_CIPHER_CTX_new();
    protect->seals = seals;
    cipher = suite->algorithms->aeads[suite->aead];
    first_key = key->key;
  }
  if (protect->evp == NULL || protect->seals != seals) return false;
  if ((seals ? EVP_EncryptInit_ex2(protect->evp, cipher, first_key, nonce, NULL)
             : EVP_DecryptInit_ex2(protect->evp, cipher, first_key, nonce,
                                   NULL)) == 1 &&
      (seals ? EVP_EncryptUpdate(protect->evp, NULL, &len, aad->bytes,
                                 (int)aad->len)
             : EVP_DecryptUpdate(protect->evp, NULL, &len, aad->bytes,
                                 (int)aad->len)) == 1)
    return true;
  /* Without this the next record would find a context without a key. */
  if (cipher != NULL) stls_record_protect_clear(protect);
  return false;
}

static void make_nonce(const struct stls_record_suite *suite,
                       const struct stls_record_key *key, uint64_t seq,
                       const uint8_t *explicit_nonce, uint8_t *out)
{
  memcpy(out, key->iv, STLS_RECORD_IV_LEN);
  if (suite->has_explicit_nonce) {
    memcpy(out + 4, explicit_nonce, EXPLICIT_LEN);
    return;
  }
  put_64(out + 4, get_64(out + 4) ^ seq);
}

static void make_aad(const struct stls_record_suite *suite, uint64_t seq,
                     const uint8_t *header, size_t plain_len, struct aad *out)
{
  if (suite->is_tls_1_3) {
    memcpy(out->bytes, header, STLS_RECORD_HEADER_LEN);
    out->len = STLS_RECORD_HEADER_LEN;
    return;
  }
  put_64(out->bytes, seq);
  memcpy(out->bytes + 8, header, 3);
  out->bytes[11] = (uint8_t)(plain_len >> 8);
  out->bytes[12] = (uint8_t)plain_len;
  out->len = AAD_MAX;
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
static bool decrypt(EVP_CIPHER_CTX *evp, struct cursor *in, size_t len,
                    uint8_t *out, size_t out_cap, uint8_t *out_last)
{
  const size_t first = len < out_cap ? len : out_cap;

  return decrypt_pieces(evp, in, first, out) &&
         (first == len || decrypt_pieces(evp, in, 1, out_last));
}

static bool decrypt_pieces(EVP_CIPHER_CTX *evp, struct cursor *in, size_t len,
                           uint8_t *out)
{
  int done;

  while (len > 0) {
    size_t part = in->piece->len - in->at;
    if (part > len) part = len;
    if (part > 0 && EVP_DecryptUpdate(evp, out, &done,
                                      (const uint8_t *)in->piece->data + in->at,
                                      (int)part) != 1)
      return false;
    out += part;
    len -= part;
    in->at += part;
    if (len == 0) break;
    in->piece++;
    in->at = 0;
  }
  return true;
}

/* Only the last step fails for a wrong tag. */
static stls_record_opened check_tag(EVP_CIPHER_CTX *evp, struct cursor *in)
{
  uint8_t room[STLS_RECORD_TAG_LEN], none[STLS_RECORD_TAG_LEN];
  /* The tag is only read, so dropping the const is safe. */
  const OSSL_PARAM params[2] = {
      OSSL_PARAM_octet_string(
          OSSL_CIPHER_PARAM_AEAD_TAG,
          (void *)(uintptr_t)take(in, STLS_RECORD_TAG_LEN, room),
          STLS_RECORD_TAG_LEN),
      OSSL_PARAM_END};
  int len;

  if (EVP_CIPHER_CTX_set_params(evp, params) != 1) return STLS_RECORD_NO_MEMORY;
  return EVP_DecryptFinal_ex(evp, none, &len) == 1 ? STLS_RECORD_OPENED
                                                   : STLS_RECORD_FORGED;
}

/* The next bytes: where they lie, or copied to `room` where they lie in several
 * pieces. */
static inline const uint8_t *take(struct cursor *in, size_t len, uint8_t *room)
{
  const uint8_t *data = in->piece->data;

  if (in->piece->len - in->at < len) return take_split(in, len, room);
  in->at += len;
  return data + in->at - len;
}

static const uint8_t *take_split(struct cursor *in, size_t len, uint8_t *room)
{
  size_t done = 0;

  while (done < len) {
    const uint8_t *data = in->piece->data;
    while (in->at < in->piece->len && done < len) room[done++] = data[in->at++];
    if (done == len) break;
    in->piece++;
    in->at = 0;
  }
  return room;
}

static inline uint64_t get_64(const uint8_t *in)
{
  return (uint64_t)in[0] << 56 | (uint64_t)in[1] << 48 | (uint64_t)in[2] << 40 |
         (uint64_t)in[3] << 32 | (uint64_t)in[4] << 24 | (uint64_t)in[5] << 16 |
         (uint64_t)in[6] << 8 | in[7];
}

static inline void put_64(uint8_t *out, uint64_t value)
{
  out[0] = (uint8_t)(value >> 56);
  out[1] = (uint8_t)(value >> 48);
  out[2] = (uint8_t)(value >> 40);
  out[3] = (uint8_t)(value >> 32);
  out[4] = (uint8_t)(value >> 24);
  out[5] = (uint8_t)(value >> 16);
  out[6] = (uint8_t)(value >> 8);
  out[7] = (uint8_t)value;
}
