/* SPDX-License-Identifier: MIT */
/* general_name: decodes general names (RFC 5280, 4.2.1.6). */
#include "x509/general_name.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "base/byte_reader.h"
#include "x509/distinguished_name.h"

struct stls_general_name {
  stls_general_name_kind kind;
  const char *text;
  size_t text_len;
  const uint8_t *bytes;
  size_t bytes_len;
  const stls_name *directory;
  const char *oid;
};

enum {
  IPV4_LEN = 4,
  IPV6_LEN = 16
};

static stls_general_name *decode(struct stls_arena *arena,
                                 const GENERAL_NAME *name, bool is_base);
static bool decode_string(struct stls_arena *arena, const ASN1_STRING *string,
                          stls_general_name *out);
static bool decode_directory(struct stls_arena *arena, const X509_NAME *name,
                             stls_general_name *out);
static bool decode_registered_id(struct stls_arena *arena,
                                 const ASN1_OBJECT *object,
                                 stls_general_name *out);
static bool decode_other(struct stls_arena *arena, const OTHERNAME *other,
                         stls_general_name *out);
static bool decode_unsupported(struct stls_arena *arena,
                               const GENERAL_NAME *name,
                               stls_general_name *out);
static bool decode_address(struct stls_arena *arena, const ASN1_STRING *octets,
                           bool is_base, stls_general_name *out);
static void print_address(char *out, size_t out_cap, const uint8_t *address,
                          size_t len);
static const char *other_name_prefix(const OTHERNAME *other);
static bool set_text(stls_general_name *name, const char *text);
static bool copy_der(struct stls_arena *arena, unsigned char *der, int len,
                     stls_general_name *out);

stls_general_name_kind stls_general_name_kind_of(const stls_general_name *name)
{
  return name == NULL ? STLS_GENERAL_NAME_OTHER : name->kind;
}

const char *stls_general_name_kind_name(const stls_general_name *name)
{
  static const char *const names[] = {
      "othername",    "email", "DNS",        "X400Name",      "DirName",
      "EdiPartyName", "URI",   "IP Address", "Registered ID",
  };

  return name == NULL ? NULL : names[name->kind];
}

const char *stls_general_name_text(const stls_general_name *name,
                                   size_t *out_len)
{
  if (out_len != NULL) *out_len = name == NULL ? 0 : name->text_len;
  return name == NULL ? NULL : name->text;
}

const uint8_t *stls_general_name_bytes(const stls_general_name *name,
                                       size_t *out_len)
{
  if (out_len != NULL) *out_len = name == NULL ? 0 : name->bytes_len;
  return name == NULL ? NULL : name->bytes;
}

const stls_name *stls_general_name_directory(const stls_general_name *name)
{
  return name == NULL ? NULL : name->directory;
}

const char *stls_general_name_oid(const stls_general_name *name)
{
  return name == NULL ? NULL : name->oid;
}

stls_general_name *stls_general_name_decode(struct stls_arena *arena,
                                            const GENERAL_NAME *name)
{
  return decode(arena, name, false);
}

stls_general_name *stls_general_name_decode_base(struct stls_arena *arena,
                                                 const GENERAL_NAME *base)
{
  return decode(arena, base, true);
}

bool stls_general_name_decode_all(struct stls_arena *arena,
                                  const GENERAL_NAMES *names,
                                  struct stls_general_names *out)
{
  int count = names == NULL ? 0 : sk_GENERAL_NAME_num(names);
  stls_general_name **at =
      stls_arena_alloc(arena, (size_t)count * sizeof(void *));
  bool done = at != NULL;

  for (int i = 0; done && i < count; i++) {
    at[i] = stls_general_name_decode(arena, sk_GENERAL_NAME_value(names, i));
    done = at[i] != NULL;
  }
  if (done) *out = (struct stls_general_names){(size_t)count, at};
  return done;
}

static stls_general_name *decode(struct stls_arena *arena,
                                 const GENERAL_NAME *name, bool is_base)
{
  stls_general_name *out = stls_arena_alloc(arena, sizeof *out);
  int type = -1;
  const void *value = GENERAL_NAME_get0_value(name, &type);
  bool done = false;

  if (out == NULL || value == NULL) return NULL;
  out->kind = (stls_general_name_kind)type;
  switch (type) {
    case GEN_EMAIL:
    case GEN_DNS:
    case GEN_URI:
      done = decode_string(arena, value, out);
      break;
    case GEN_IPADD:
      done = decode_address(arena, value, is_base, out);
      break;
    case GEN_DIRNAME:
      done = decode_directory(arena, value, out);
      break;
    case GEN_RID:
      done = decode_registered_id(arena, value, out);
      break;
    case GEN_OTHERNAME:
      done = decode_other(arena, value, out);
      break;
    case GEN_X400:
    case GEN_EDIPARTY:
      done = decode_unsupported(arena, name, out);
      break;
    default:
      break;
  }
  return done ? out : NULL;
}

static bool decode_string(struct stls_arena *arena, const ASN1_STRING *string,
                          stls_general_name *out)
{
  size_t len = (size_t)ASN1_STRING_length(string);

  out->text = stls_arena_dup(arena, ASN1_STRING_get0_data(string), len);
  out->text_len = len;
  out->bytes = (const uint8_t *)out->text;
  out->bytes_len = len;
  return out->text != NULL;
}

static bool decode_directory(struct stls_arena *arena, const X509_NAME *name,
                             stls_general_name *out)
{
  unsigned char *der = NULL;
  int len = i2d_X509_NAME(name, &der);

  out->directory = stls_distinguished_name_decode(arena, name);
  return copy_der(arena, der, len, out) &&
         set_text(out, stls_name_text(out->directory));
}

static bool decode_registered_id(struct stls_arena *arena,
                                 const ASN1_OBJECT *object,
                                 stls_general_name *out)
{
  unsigned char *der = NULL;
  int len = i2d_ASN1_OBJECT(object, &der);

  out->oid = stls_distinguished_name_oid(arena, object);
  return copy_der(arena, der, len, out) && out->oid != NULL &&
         set_text(out, stls_distinguished_name_object(arena, object));
}

static bool decode_other(struct stls_arena *arena, const OTHERNAME *other,
                         stls_general_name *out)
{
  unsigned char *der = NULL;
  int len = i2d_ASN1_TYPE(other->value, &der);
  const char *prefix = other_name_prefix(other);
  size_t prefix_len, value_len;
  char *text;

  out->oid = stls_distinguished_name_oid(arena, other->type_id);
  if (!copy_der(arena, der, len, out) || out->oid == NULL) return false;
  if (prefix == NULL)
    return set_text(out, stls_arena_strdup(arena, "<unsupported>"));
  prefix_len = strlen(prefix);
  value_len = (size_t)ASN1_STRING_length(other->value->value.asn1_string);
  text = stls_arena_alloc(arena, prefix_len + value_len + 1);
  if (text == NULL) return false;
  memcpy(text, prefix, prefix_len);
  if (value_len > 0)
    memcpy(text + prefix_len,
           ASN1_STRING_get0_data(other->value->value.asn1_string), value_len);
  out->text = text;
  out->text_len = prefix_len + value_len;
  return true;
}

static bool decode_unsupported(struct stls_arena *arena,
                               const GENERAL_NAME *name, stls_general_name *out)
{
  unsigned char *der = NULL;
  int len = i2d_GENERAL_NAME(name, &der);

  return copy_der(arena, der, len, out) &&
         set_text(out, stls_arena_strdup(arena, "<unsupported>"));
}

static bool decode_address(struct stls_arena *arena, const ASN1_STRING *octets,
                           bool is_base, stls_general_name *out)
{
  size_t len = (size_t)ASN1_STRING_length(octets);
  size_t address_len = is_base ? len / 2 : len;
  bool is_known = (address_len == IPV4_LEN || address_len == IPV6_LEN) &&
                  (!is_base || len % 2 == 0);
  /* An IPv6 address and mask: eight groups of four digits each, with
   * separators. */
  char text[2 * 8 * 5 + 1] = "<invalid>";
  size_t used;

  if (!decode_string(arena, octets, out)) return false;
  if (is_known) print_address(text, sizeof text, out->bytes, address_len);
  if (is_known && is_base) {
    used = strlen(text);
    text[used++] = '/';
    print_address(text + used, sizeof text - used, out->bytes + address_len,
                  address_len);
  }
  return set_text(out, stls_arena_strdup(arena, text));
}

/* The form of CPython: IPv6 addresses are not shortened with "::". */
static void print_address(char *out, size_t out_cap, const uint8_t *address,
                          size_t len)
{
  size_t used = 0;

  if (len == IPV4_LEN) {
    snprintf(out, out_cap, "%u.%u.%u.%u", address[0], address[1], address[2],
             address[3]);
    return;
  }
  for (size_t i = 0; i < len; i += 2)
    used +=
        (size_t)snprintf(out + used, out_cap - used, "%s%X", i > 0 ? ":" : "",
                         (unsigned)stls_byte_reader_u16(address + i));
}

/* The prefix of the text of an otherName: RFC 9598, 6120 (13.7.1.4), 4985,
 * 7585, and Microsoft's UPN. NULL for an unknown type, or when the value has
 * another ASN.1 type. */
static const char *other_name_prefix(const OTHERNAME *other)
{
  static const struct {
    int nid, type;
    const char *prefix;
  } known[] = {
      {NID_id_on_SmtpUTF8Mailbox, V_ASN1_UTF8STRING, "SmtpUTF8Mailbox:"},
      {NID_XmppAddr, V_ASN1_UTF8STRING, "XmppAddr:"},
      {NID_SRVName, V_ASN1_IA5STRING, "SRVName:"},
      {NID_ms_upn, V_ASN1_UTF8STRING, "UPN:"},
      {NID_NAIRealm, V_ASN1_UTF8STRING, "NAIRealm:"},
  };
  int nid = OBJ_obj2nid(other->type_id), type = ASN1_TYPE_get(other->value);

  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
    if (nid == known[i].nid && type == known[i].type) return known[i].prefix;
  return NULL;
}

static bool set_text(stls_general_name *name, const char *text)
{
  name->text = text;
  name->text_len = text == NULL ? 0 : strlen(text);
  return text != NULL;
}

/* Frees `der`. */
static bool copy_der(struct stls_arena *arena, unsigned char *der, int len,
                     stls_general_name *out)
{
  if (len >= 0) {
    out->bytes_len = (size_t)len;
    out->bytes = (const uint8_t *)stls_arena_dup(arena, der, out->bytes_len);
  }
  OPENSSL_free(der);
  return out->bytes != NULL;
}
