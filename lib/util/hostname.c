/* SPDX-License-Identifier: MIT */
/* hostname: classifies and matches host names and IP addresses (RFC 9525). */
#include "util/hostname.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>

#include "base/ascii.h"

#define LABEL_MAX ((size_t)63)

static stls_hostname_kind classify(const char *text, bool any_label,
                                   size_t *out_len, const char **out_why);
static const char *fault_in_name(const char *text, size_t len, bool any_label);
static const char *fault_in_label(const char *label, size_t len,
                                  bool any_label);
static bool is_number(const char *text, size_t len);

stls_hostname_kind stls_hostname_classify(const char *text, size_t *out_len,
                                          const char **out_why)
{
  return classify(text, false, out_len, out_why);
}

stls_hostname_kind stls_hostname_classify_any(const char *text, size_t *out_len,
                                              const char **out_why)
{
  return classify(text, true, out_len, out_why);
}

size_t stls_hostname_parse_address(const char *text, uint8_t out[16])
{
  if (inet_pton(AF_INET, text, out) == 1) return 4;
  return inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

void stls_hostname_lower(char *text)
{
  for (; *text != '\0'; text++) *text = stls_ascii_lower(*text);
}

bool stls_hostname_covers(const char *presented, size_t presented_len,
                          const char *reference, size_t reference_len,
                          bool any_label)
{
  const char *tail;

  if (presented_len > 2 && presented[0] == '*' && presented[1] == '.') {
    tail = memchr(reference, '.', reference_len);
    /* Like OpenSSL, a wildcard matches no reference name with an underscore. */
    if (tail == NULL ||
        (!any_label && memchr(reference, '_', reference_len) != NULL))
      return false;
    presented++;
    presented_len--;
    reference_len -= (size_t)(tail - reference);
    reference = tail;
    if (memchr(reference + 1, '.', reference_len - 1) == NULL) return false;
  }
  return presented_len == reference_len &&
         stls_ascii_equal(presented, reference, reference_len);
}

bool stls_hostname_is_within(const char *name, size_t name_len,
                             const char *base, size_t base_len)
{
  if (base_len > 1 && base[base_len - 1] == '.') base_len--;
  if (base_len == 0) return true;
  if (base_len > name_len ||
      !stls_ascii_equal(name + (name_len - base_len), base, base_len))
    return false;
  return base_len == name_len || base[0] == '.' ||
         name[name_len - base_len - 1] == '.';
}

static stls_hostname_kind classify(const char *text, bool any_label,
                                   size_t *out_len, const char **out_why)
{
  uint8_t octets[16];
  size_t len = strlen(text);

  *out_why = NULL;
  *out_len = len;
  if (stls_hostname_parse_address(text, octets) > 0)
    return STLS_HOSTNAME_ADDRESS;
  if (len > 1 && text[len - 1] == '.') *out_len = --len;
  *out_why = fault_in_name(text, len, any_label);
  return *out_why == NULL ? STLS_HOSTNAME_DNS : STLS_HOSTNAME_INVALID;
}

static const char *fault_in_name(const char *text, size_t len, bool any_label)
{
  const char *fault = NULL;
  size_t label_len = 0;

  if (len == 0) return "it is empty";
  if (len > STLS_HOSTNAME_MAX) return "it is longer than 253 bytes";
  for (size_t start = 0; start <= len && fault == NULL;
       start += label_len + 1) {
    const char *dot = memchr(text + start, '.', len - start);
    label_len = dot == NULL ? len - start : (size_t)(dot - (text + start));
    fault = fault_in_label(text + start, label_len, any_label);
    /* Resolvers read such a text as an obsolete form of an IPv4 address. */
    if (fault == NULL && dot == NULL && is_number(text + start, label_len))
      fault = "it ends in a number without being an IPv4 address";
  }
  return fault;
}

static const char *fault_in_label(const char *label, size_t len, bool any_label)
{
  if (len == 0) return "it has an empty label";
  if (len > LABEL_MAX) return "a label is longer than 63 bytes";
  for (size_t i = 0; i < len; i++) {
    const char c = label[i];
    if ((unsigned char)c >= 0x80)
      return "it is not ASCII: pass the A-label (xn--...)";
    if (stls_ascii_is_alnum(c) || c == '-' || c == '_') continue;
    return "it has a character that no host name may have";
  }
  if (!any_label && (label[0] == '-' || label[len - 1] == '-'))
    return "a label begins or ends with a hyphen";
  return NULL;
}

/* Decimal, or hexadecimal after 0x. "0x" alone is a number to resolvers: 0. */
static bool is_number(const char *text, size_t len)
{
  bool is_hex =
      len >= 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X');

  for (size_t i = is_hex ? 2 : 0; i < len; i++) {
    if (!(is_hex ? stls_ascii_is_hex_digit(text[i])
                 : stls_ascii_is_digit(text[i])))
      return false;
  }
  return len > 0;
}
