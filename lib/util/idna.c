/* SPDX-License-Identifier: MIT */
/* idna: converts host names to ASCII (IDNA 2008, libidn2). */
#ifdef HAVE_CONFIG_H
#include <config.h>
#endif

#include "util/idna.h"

#ifdef HAVE_LIBIDN2
#include <idn2.h>
#endif
#include <sanstls/hostname.h>
#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/out_buffer.h"

/* Each character takes at least one byte of its A-label, and at most four bytes of
 * UTF-8. */
#define INPUT_MAX (4 * STLS_HOSTNAME_MAX)
/* Includes a trailing dot and the NUL. */
#define ASCII_CAP (STLS_HOSTNAME_MAX + 2)

static const char *fault_of(const char *text, bool any_label,
                            struct stls_reference *out);
static bool is_ascii(const char *text);
static const char *convert(const char *text, char ascii[ASCII_CAP]);

/* These two are compared by address. */
static const char no_memory[] = "";
static const char no_library[] =
    "it is not ASCII, and this library was built without libidn2: pass the "
    "A-label (xn--...)";

stls_result stls_hostname_to_ascii(const char *name, char *out, size_t out_cap,
                                   size_t *out_len, stls_error *err)
{
  struct stls_reference found;
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);

  if (result != STLS_OK) return result;
  if (name == NULL) return stls_error_null(err, "name");
  result = stls_idna_resolve(name, "name", false, &found, err);
  if (result != STLS_OK) return result;
  return stls_out_buffer_put_text(found.text, found.len, out, out_cap, out_len,
                                  err);
}

stls_result stls_idna_resolve(const char *text, const char *what,
                              bool any_label, struct stls_reference *out,
                              stls_error *err)
{
  const char *why = fault_of(text, any_label, out);

  if (why == NULL) return STLS_OK;
  if (why == no_memory) return stls_error_memory(err);
  if (why == no_library)
    return stls_error_fail(err, STLS_ERROR_UNSUPPORTED,
                           STLS_REASON_NOT_SUPPORTED, "%s \"%.200s\": %s", what,
                           text, why);
  /* The precision keeps `why` within the message when the name is long. */
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_NAME_INVALID,
                         "%s \"%.200s\": %s", what, text, why);
}

static const char *fault_of(const char *text, bool any_label,
                            struct stls_reference *out)
{
  char ascii[ASCII_CAP];
  const char *why = NULL;

  if (!is_ascii(text)) {
    why = convert(text, ascii);
    text = ascii;
  }
  if (why != NULL) return why;
  out->kind = any_label ? stls_hostname_classify_any(text, &out->len, &why)
                        : stls_hostname_classify(text, &out->len, &why);
  if (why != NULL) return why;
  memcpy(out->text, text, out->len);
  out->text[out->len] = '\0';
  return NULL;
}

static bool is_ascii(const char *text)
{
  while (*text != '\0')
    if ((unsigned char)*text++ >= 0x80) return false;
  return true;
}

#ifdef HAVE_LIBIDN2

static const char *fault_of_code(int code);

static const char *convert(const char *text, char ascii[ASCII_CAP])
{
  uint8_t *found = NULL;
  const char *why = NULL;
  int code;

  if (strlen(text) > INPUT_MAX) return "it is longer than any host name";
  code = idn2_lookup_u8((const uint8_t *)text, &found,
                        IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  if (code != IDN2_OK) return fault_of_code(code);
  if (strlen((const char *)found) < ASCII_CAP)
    memcpy(ascii, found, strlen((const char *)found) + 1);
  else
    why = "its A-labels are longer than 253 bytes";
  idn2_free(found);
  return why;
}

/* The texts of idn2_strerror depend on the locale. */
static const char *fault_of_code(int code)
{
  switch (code) {
    case IDN2_MALLOC:
      return no_memory;
    case IDN2_ENCODING_ERROR:
      return "it is not valid UTF-8";
    case IDN2_TOO_BIG_DOMAIN:
      return "its A-labels are longer than 253 bytes";
    case IDN2_TOO_BIG_LABEL:
    case IDN2_PUNYCODE_BIG_OUTPUT:
      return "an A-label would be longer than 63 bytes";
    case IDN2_INVALID_ALABEL:
    case IDN2_PUNYCODE_BAD_INPUT:
    case IDN2_PUNYCODE_OVERFLOW:
      return "a label begins with xn-- without being an A-label";
    case IDN2_2HYPHEN:
    case IDN2_HYPHEN_STARTEND:
      return "a label has hyphens where none may be";
    case IDN2_LEADING_COMBINING:
      return "a label begins with a combining character";
    case IDN2_CONTEXTJ:
    case IDN2_CONTEXTJ_NO_RULE:
    case IDN2_CONTEXTO:
    case IDN2_CONTEXTO_NO_RULE:
      return "a character stands where IDNA 2008 does not allow it";
    case IDN2_BIDI:
      return "a label mixes directions of writing against RFC 5893";
    /* Includes IDN2_ALABEL_ROUNDTRIP_FAILED, which blanks and punctuation cause. */
    default:
      return "it has a character that IDNA 2008 does not allow";
  }
}

#else

static const char *convert(const char *text, char ascii[ASCII_CAP])
{
  (void)text;
  (void)ascii;
  return no_library;
}

#endif
