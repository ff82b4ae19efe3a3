/* SPDX-License-Identifier: MIT */
/* distinguished_name: distinguished names, decoded. */
#include "x509/distinguished_name.h"

#include <openssl/crypto.h>
#include <string.h>

#include "base/error.h"
#include "x509/rfc2253.h"

enum {
  /* What OBJ_obj2txt takes; a byte becomes four characters at most. */
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
  decoded->text = stls_rfc2253_print(arena, name, decoded);
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

static const struct stls_attribute *find(const stls_name *name, size_t rdn,
                                         size_t attribute)
{
  if (attribute >= stls_name_attribute_count(name, rdn)) return NULL;
  return &name->attributes[name->starts[rdn] + attribute];
}
