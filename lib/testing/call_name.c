/* SPDX-License-Identifier: MIT */
/* call_name: names calls and results as a transcript does. */
#include "testing/call_name.h"

#include <string.h>

#define PREFIX "stls_object_"

static bool equals(const char *name, const char *text, size_t len);

const char *stls_call_name_find(const char *text, size_t len,
                                stls_call_number *out_number)
{
  static const struct {
    const char *name;
    stls_call_number number;
  } calls[] = {
      {"handshake", STLS_CALL_NUMBER_NONE},
      {"read", STLS_CALL_NUMBER_LEN},
      {"readv", STLS_CALL_NUMBER_LEN},
      {"read_from", STLS_CALL_NUMBER_LEN},
      {"peek", STLS_CALL_NUMBER_LEN},
      {"write", STLS_CALL_NUMBER_LEN},
      {"writev", STLS_CALL_NUMBER_LEN},
      {"cork", STLS_CALL_NUMBER_NONE},
      {"flush", STLS_CALL_NUMBER_NONE},
      {"close_write", STLS_CALL_NUMBER_NONE},
      {"unwrap", STLS_CALL_NUMBER_NONE},
      {"reject", STLS_CALL_NUMBER_ARGUMENT},
      {"key_update", STLS_CALL_NUMBER_ARGUMENT},
      {"set_context", STLS_CALL_NUMBER_NONE},
      {"verify_client", STLS_CALL_NUMBER_NONE},
      {"export_insecure_record_state", STLS_CALL_NUMBER_ARGUMENT},
      {"receive_control", STLS_CALL_NUMBER_ARGUMENT},
      {"consume_control", STLS_CALL_NUMBER_NONE},
      {"count_data", STLS_CALL_NUMBER_ARGUMENT},
  };
  const size_t prefix_len = sizeof PREFIX - 1;

  if (len > prefix_len && memcmp(text, PREFIX, prefix_len) == 0) {
    text += prefix_len;
    len -= prefix_len;
  }
  for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
    if (!equals(calls[i].name, text, len)) continue;
    *out_number = calls[i].number;
    return calls[i].name;
  }
  return NULL;
}

void stls_call_name_of_result(stls_result result,
                              char out[STLS_CALL_NAME_RESULT_SIZE])
{
  const char *name = stls_result_name(result) + sizeof "STLS";
  size_t i = 0;

  for (; name[i] != '\0' && i < STLS_CALL_NAME_RESULT_SIZE - 1; i++)
    out[i] = name[i] >= 'A' && name[i] <= 'Z' ? (char)(name[i] - 'A' + 'a')
                                              : name[i];
  out[i] = '\0';
}

bool stls_call_name_result(const char *text, size_t len,
                           stls_result *out_result)
{
  static const stls_result results[] = {
      STLS_OK,           STLS_CLOSED,
      STLS_WANT_READ,    STLS_WANT_WRITE,
      STLS_WANT_CONTEXT, STLS_ERROR_TRUNCATED,
      STLS_ERROR_TLS,    STLS_ERROR_CERTIFICATE,
      STLS_ERROR_ALERT,  STLS_ERROR_INPUT,
      STLS_ERROR_MISUSE, STLS_ERROR_UNSUPPORTED,
      STLS_ERROR_MEMORY};
  char name[STLS_CALL_NAME_RESULT_SIZE];

  for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
    stls_call_name_of_result(results[i], name);
    if (!equals(name, text, len)) continue;
    *out_result = results[i];
    return true;
  }
  return false;
}

static bool equals(const char *name, const char *text, size_t len)
{
  return strlen(name) == len && memcmp(name, text, len) == 0;
}
