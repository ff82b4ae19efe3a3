/* SPDX-License-Identifier: MIT */
/* distinguished_name: decodes distinguished names and prints them as RFC 2253
 * text. */
#include "x509/distinguished_name.h"

#include <openssl/crypto.h>
#include <openssl/objects.h>
#include <string.h>

#include "base/ascii.h"
#include "base/error.h"
#include "base/error_queue.h"
#include "base/string_buffer.h"

enum {
  /* The limit of OBJ_obj2txt. A byte becomes at most four characters. */
  MAX_OID_BYTES = 586,
  MAX_OID_TEXT = 4 * MAX_OID_BYTES + 16
};

static const char *dup_object(struct stls_arena *arena,
                              const ASN1_OBJECT *object, int dotted_only);
static bool decode_attributes(struct stls_arena *arena, const X509_NAME *name,
                              stls_name *out);
static bool decode_attribute(struct stls_arena *arena,
                             const X509_NAME_ENTRY *entry,
                             struct stls_attribute *out);
static bool decode_value(struct stls_arena *arena, const ASN1_STRING *data,
                         struct stls_attribute *out);
static bool decode_text(struct stls_arena *arena, const ASN1_STRING *data,
                        struct stls_attribute *out);
static const char *print_rfc2253(struct stls_arena *arena,
                                 const X509_NAME *name,
                                 const stls_name *decoded);
static void put_attribute(struct stls_string_buffer *text,
                          const X509_NAME_ENTRY *entry,
                          const struct stls_attribute *attribute);
static bool put_der(struct stls_string_buffer *text, const ASN1_STRING *data);
static void put_escaped(struct stls_string_buffer *text, const char *value,
                        size_t len);
static bool is_special(const char *value, size_t len, size_t at);
static void put_hex(struct stls_string_buffer *text, unsigned char byte);
static const struct stls_attribute *find(const stls_name *name, size_t rdn,
                                         size_t attribute);

size_t stls_name_rdn_count(const stls_name *name)
{
  return name == NULL ? 0 : name->num_rdns;
}

size_t stls_name_attribute_count(const stls_name *name, size_t rdn)
{
  if (rdn >= stls_name_rdn_count(name)) return 0;
  return name->starts[rdn + 1] - name->starts[rdn];
}

const char *stls_name_attribute_type(const stls_name *name, size_t rdn,
                                     size_t attribute)
{
  const struct stls_attribute *found = find(name, rdn, attribute);

  return found == NULL ? NULL : found->type;
}

const char *stls_name_attribute_oid(const stls_name *name, size_t rdn,
                                    size_t attribute)
{
  const struct stls_attribute *found = find(name, rdn, attribute);

  return found == NULL ? NULL : found->oid;
}

const char *stls_name_attribute_value(const stls_name *name, size_t rdn,
                                      size_t attribute, size_t *out_len)
{
  const struct stls_attribute *found = find(name, rdn, attribute);

  if (out_len != NULL) *out_len = found == NULL ? 0 : found->value_len;
  return found == NULL ? NULL : found->value;
}

bool stls_name_attribute_is_bits(const stls_name *name, size_t rdn,
                                 size_t attribute)
{
  const struct stls_attribute *found = find(name, rdn, attribute);

  return found != NULL && found->is_bits;
}

const char *stls_name_text(const stls_name *name)
{
  return name == NULL ? NULL : name->text;
}

stls_name *stls_distinguished_name_decode(struct stls_arena *arena,
                                          const X509_NAME *name)
{
  stls_name *decoded = stls_arena_alloc(arena, sizeof *decoded);

  if (decoded == NULL || !decode_attributes(arena, name, decoded)) return NULL;
  decoded->text = print_rfc2253(arena, name, decoded);
  return decoded->text == NULL ? NULL : decoded;
}

const char *stls_distinguished_name_object(struct stls_arena *arena,
                                           const ASN1_OBJECT *object)
{
  return dup_object(arena, object, 0);
}

const char *stls_distinguished_name_oid(struct stls_arena *arena,
                                        const ASN1_OBJECT *object)
{
  return dup_object(arena, object, 1);
}

static const char *dup_object(struct stls_arena *arena,
                              const ASN1_OBJECT *object, int dotted_only)
{
  char text[MAX_OID_TEXT];
  int len;

  if (OBJ_length(object) > MAX_OID_BYTES)
    return stls_arena_strdup(arena, "<invalid>");
  len = OBJ_obj2txt(text, (int)sizeof text, object, dotted_only);
  if (len < 0 || len >= (int)sizeof text) return NULL;
  return stls_arena_dup(arena, text, (size_t)len);
}

static bool decode_attributes(struct stls_arena *arena, const X509_NAME *name,
                              stls_name *out)
{
  int count = X509_NAME_entry_count(name), set = -1;
  size_t total = count > 0 ? (size_t)count : 0;
  struct stls_attribute *attributes =
      stls_arena_alloc(arena, total * sizeof *attributes);
  size_t *starts = stls_arena_alloc(arena, (total + 1) * sizeof *starts);
  bool done = attributes != NULL && starts != NULL;

  for (size_t i = 0; done && i < total; i++) {
    const X509_NAME_ENTRY *entry = X509_NAME_get_entry(name, (int)i);
    if (i == 0 || X509_NAME_ENTRY_set(entry) != set)
      starts[out->num_rdns++] = i;
    set = X509_NAME_ENTRY_set(entry);
    done = decode_attribute(arena, entry, &attributes[i]);
  }
  if (done) starts[out->num_rdns] = total;
  out->attributes = attributes;
  out->starts = starts;
  return done;
}

static bool decode_attribute(struct stls_arena *arena,
                             const X509_NAME_ENTRY *entry,
                             struct stls_attribute *out)
{
  const ASN1_OBJECT *object = X509_NAME_ENTRY_get_object(entry);
  bool has_name = OBJ_obj2nid(object) != NID_undef;

  out->oid = stls_distinguished_name_oid(arena, object);
  out->type =
      has_name ? stls_distinguished_name_object(arena, object) : out->oid;
  return out->oid != NULL && out->type != NULL &&
         decode_value(arena, X509_NAME_ENTRY_get_data(entry), out);
}

static bool decode_value(struct stls_arena *arena, const ASN1_STRING *data,
                         struct stls_attribute *out)
{
  out->is_bits = ASN1_STRING_type(data) == V_ASN1_BIT_STRING;
  if (!out->is_bits) return decode_text(arena, data, out);
  out->value_len = (size_t)ASN1_STRING_length(data);
  out->value =
      stls_arena_dup(arena, ASN1_STRING_get0_data(data), out->value_len);
  return out->value != NULL;
}

static bool decode_text(struct stls_arena *arena, const ASN1_STRING *data,
                        struct stls_attribute *out)
{
  unsigned char *utf8 = NULL;
  bool is_memory;
  int len;

  stls_error_queue_clear();
  len = ASN1_STRING_to_UTF8(&utf8, data);
  if (len < 0) {
    stls_error_queue_drain(&is_memory);
    return !is_memory;
  }
  out->value_len = (size_t)len;
  out->value = stls_arena_dup(arena, utf8, out->value_len);
  OPENSSL_free(utf8);
  return out->value != NULL;
}

/* X509_NAME_print_ex is not used: it truncates long OIDs, stops at the first
 * malformed string, and prints an incomplete name when memory is short. */
static const char *print_rfc2253(struct stls_arena *arena,
                                 const X509_NAME *name,
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
  char pair[2];

  stls_ascii_hex(&byte, 1, STLS_ASCII_HEX_UPPER, pair);
  stls_string_buffer_put(text, pair, sizeof pair);
}

static const struct stls_attribute *find(const stls_name *name, size_t rdn,
                                         size_t attribute)
{
  if (attribute >= stls_name_attribute_count(name, rdn)) return NULL;
  return &name->attributes[name->starts[rdn] + attribute];
}
