/* SPDX-License-Identifier: MIT */
/* rfc2253: a distinguished name on one line, as RFC 2253 has it. */
#include "x509/rfc2253.h"

#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <string.h>

#include "base/string_buffer.h"

/* X509_NAME_print_ex is not used: it cuts long OIDs, gives up at the first
 * string that is broken, and prints less when it runs out of memory. */

static void put_attribute(struct stls_string_buffer *text,
                          const X509_NAME_ENTRY *entry,
                          const struct stls_attribute *attribute);
static bool put_der(struct stls_string_buffer *text, const ASN1_STRING *data);
static void put_escaped(struct stls_string_buffer *text, const char *value,
                        size_t len);
static bool is_special(const char *value, size_t len, size_t at);
static void put_hex(struct stls_string_buffer *text, unsigned char byte);

const char *stls_rfc2253_print(struct stls_arena *arena, const X509_NAME *name,
                               const stls_name *decoded)
{
  struct stls_string_buffer text = {0};
  const char *printed = NULL;

  for (size_t rdn = decoded->num_rdns; rdn-- > 0;) {
    for (size_t i = decoded->starts[rdn + 1]; i-- > decoded->starts[rdn];) {
      put_attribute(&text, X509_NAME_get_entry(name, (int)i),
                    &decoded->attributes[i]);
      if (i > decoded->starts[rdn]) stls_string_buffer_puts(&text, "+");
    }
    if (rdn > 0) stls_string_buffer_puts(&text, ",");
  }
  if (!text.has_failed) printed = stls_arena_dup(arena, text.data, text.len);
  stls_string_buffer_free(&text);
  return printed;
}

static void put_attribute(struct stls_string_buffer *text,
                          const X509_NAME_ENTRY *entry,
                          const struct stls_attribute *attribute)
{
  int nid = OBJ_obj2nid(X509_NAME_ENTRY_get_object(entry));
  const char *short_name = nid == NID_undef ? NULL : OBJ_nid2sn(nid);

  stls_string_buffer_puts(text,
                          short_name != NULL ? short_name : attribute->oid);
  stls_string_buffer_puts(text, "=");
  if (nid != NID_undef && attribute->value != NULL && !attribute->is_bits)
    put_escaped(text, attribute->value, attribute->value_len);
  else if (!put_der(text, X509_NAME_ENTRY_get_data(entry)))
    text->has_failed = true;
}

static bool put_der(struct stls_string_buffer *text, const ASN1_STRING *data)
{
  ASN1_TYPE *value = ASN1_TYPE_new();
  unsigned char *der = NULL;
  int len = -1;

  if (value != NULL && ASN1_TYPE_set1(value, ASN1_STRING_type(data), data))
    len = i2d_ASN1_TYPE(value, &der);
  if (len >= 0) stls_string_buffer_puts(text, "#");
  for (int i = 0; i < len; i++) put_hex(text, der[i]);
  OPENSSL_free(der);
  ASN1_TYPE_free(value);
  return len >= 0;
}

static void put_escaped(struct stls_string_buffer *text, const char *value,
                        size_t len)
{
  for (size_t i = 0; i < len; i++) {
    unsigned char byte = (unsigned char)value[i];
    bool is_printable = byte >= 0x20 && byte < 0x7f;
    if (!is_printable || is_special(value, len, i))
      stls_string_buffer_puts(text, "\\");
    if (is_printable)
      stls_string_buffer_put(text, &value[i], 1);
    else
      put_hex(text, byte);
  }
}

/* RFC 2253, 2.4. */
static bool is_special(const char *value, size_t len, size_t at)
{
  if (value[at] == '#') return at == 0;
  if (value[at] == ' ') return at == 0 || at == len - 1;
  return value[at] != '\0' && strchr(",+\"\\<>;", value[at]) != NULL;
}

static void put_hex(struct stls_string_buffer *text, unsigned char byte)
{
  static const char digits[] = "0123456789ABCDEF";
  char pair[] = {digits[byte >> 4], digits[byte & 15]};

  stls_string_buffer_put(text, pair, sizeof pair);
}
