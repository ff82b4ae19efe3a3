/* SPDX-License-Identifier: MIT */
/* sct: parses lists of signed certificate timestamps (RFC 6962, 3.3). */
#include "wire/sct.h"

#include "base/byte_reader.h"

enum {
  LOG_ID_LEN = 32,
  NO_NUMBER = -1
};

struct stls_sct {
  int version;
  int hash_algorithm;
  int signature_algorithm;
  uint64_t timestamp;
  const uint8_t *log_id;
  const uint8_t *extensions;
  size_t extensions_len;
  const uint8_t *signature;
  size_t signature_len;
};

static bool count_scts(struct stls_byte_reader list, size_t *out_count);
static bool parse_sct(struct stls_byte_reader rest, struct stls_sct *sct);
static bool parse_v1(struct stls_byte_reader *rest, struct stls_sct *sct);

stls_result stls_sct_decode(struct stls_arena *arena, const uint8_t *list,
                            size_t len, struct stls_scts *out)
{
  struct stls_byte_reader rest, all = {NULL, len}, one;
  struct stls_sct *scts;
  size_t count = 0;

  all.at = (const uint8_t *)stls_arena_dup(arena, list, len);
  if (all.at == NULL) return STLS_ERROR_MEMORY;
  if (!stls_byte_reader_prefixed(&all, 2, &rest) || all.len > 0 ||
      !count_scts(rest, &count))
    return STLS_ERROR_INPUT;
  scts = stls_arena_alloc(arena, count * sizeof *scts);
  if (scts == NULL) return STLS_ERROR_MEMORY;
  for (size_t i = 0; i < count; i++)
    if (!stls_byte_reader_prefixed(&rest, 2, &one) || !parse_sct(one, &scts[i]))
      return STLS_ERROR_INPUT;
  out->at = scts;
  out->count = count;
  return STLS_OK;
}

const stls_sct *stls_sct_at(const struct stls_scts *scts, size_t index)
{
  return index < scts->count ? &scts->at[index] : NULL;
}

int stls_sct_version(const stls_sct *sct)
{
  return sct == NULL ? NO_NUMBER : sct->version;
}

const uint8_t *stls_sct_log_id(const stls_sct *sct, size_t *out_len)
{
  const uint8_t *log_id = sct == NULL ? NULL : sct->log_id;

  if (out_len != NULL) *out_len = log_id == NULL ? 0 : LOG_ID_LEN;
  return log_id;
}

uint64_t stls_sct_timestamp(const stls_sct *sct)
{
  return sct == NULL ? 0 : sct->timestamp;
}

const uint8_t *stls_sct_extensions(const stls_sct *sct, size_t *out_len)
{
  if (out_len != NULL) *out_len = sct == NULL ? 0 : sct->extensions_len;
  return sct == NULL ? NULL : sct->extensions;
}

int stls_sct_hash_algorithm(const stls_sct *sct)
{
  return sct == NULL ? NO_NUMBER : sct->hash_algorithm;
}

int stls_sct_signature_algorithm(const stls_sct *sct)
{
  return sct == NULL ? NO_NUMBER : sct->signature_algorithm;
}

const uint8_t *stls_sct_signature(const stls_sct *sct, size_t *out_len)
{
  if (out_len != NULL) *out_len = sct == NULL ? 0 : sct->signature_len;
  return sct == NULL ? NULL : sct->signature;
}

/* SerializedSCT sct_list<1..2^16-1>: an empty list is malformed. */
static bool count_scts(struct stls_byte_reader list, size_t *out_count)
{
  struct stls_byte_reader one;

  for (*out_count = 0; list.len > 0; ++*out_count)
    if (!stls_byte_reader_prefixed(&list, 2, &one)) return false;
  return *out_count > 0;
}

static bool parse_sct(struct stls_byte_reader rest, struct stls_sct *sct)
{
  size_t version;

  if (!stls_byte_reader_number(&rest, 1, &version)) return false;
  sct->version = (int)version;
  sct->hash_algorithm = NO_NUMBER;
  sct->signature_algorithm = NO_NUMBER;
  /* The format of other versions is unknown. */
  return version != 0 || (parse_v1(&rest, sct) && rest.len == 0);
}

static bool parse_v1(struct stls_byte_reader *rest, struct stls_sct *sct)
{
  size_t hash, algorithm;
  struct stls_byte_reader log_id, extensions, signature;

  if (!stls_byte_reader_take(rest, LOG_ID_LEN, &log_id) ||
      !stls_byte_reader_number64(rest, &sct->timestamp) ||
      !stls_byte_reader_prefixed(rest, 2, &extensions) ||
      !stls_byte_reader_number(rest, 1, &hash) ||
      !stls_byte_reader_number(rest, 1, &algorithm) ||
      !stls_byte_reader_prefixed(rest, 2, &signature))
    return false;
  sct->log_id = log_id.at;
  sct->extensions = extensions.at;
  sct->extensions_len = extensions.len;
  sct->hash_algorithm = (int)hash;
  sct->signature_algorithm = (int)algorithm;
  sct->signature = signature.at;
  sct->signature_len = signature.len;
  return true;
}
