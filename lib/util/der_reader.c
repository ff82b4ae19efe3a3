/* SPDX-License-Identifier: MIT */
/* der_reader: reads DER values one after the other, and writes their headers.
 * */
#include "util/der_reader.h"

#include <limits.h>
#include <openssl/asn1.h>

#include "util/pem_reader.h"

static bool begins_content(uint8_t tag);

bool stls_der_reader_take(struct stls_der_reader_span *from, int tag,
                          int tag_class, struct stls_der_reader_span *out_whole,
                          struct stls_der_reader_span *out_content)
{
  const int is_broken = 0x80, is_indefinite = 0x01;
  const unsigned char *at = from->data;
  int its_tag = 0, its_class = 0, form;
  struct stls_der_reader_span whole;
  long len = 0;

  if (from->len == 0 || from->len > LONG_MAX) return false;
  form = ASN1_get_object(&at, &len, &its_tag, &its_class, (long)from->len);
  if ((form & (is_broken | is_indefinite)) != 0 || its_tag != tag ||
      its_class != tag_class)
    return false;
  whole.data = from->data;
  whole.len = (size_t)(at - from->data) + (size_t)len;
  if (out_whole != NULL) *out_whole = whole;
  if (out_content != NULL)
    *out_content = (struct stls_der_reader_span){at, (size_t)len};
  from->data += whole.len;
  from->len -= whole.len;
  return true;
}

size_t stls_der_reader_put_header(uint8_t *out, int tag, size_t len)
{
  const int constructed = tag == V_ASN1_SEQUENCE;
  unsigned char *end = out;

  ASN1_put_object(&end, constructed, (int)len, tag, V_ASN1_UNIVERSAL);
  return (size_t)(end - out);
}

bool stls_der_reader_is_der(const void *text, size_t len)
{
  const uint8_t sequence = V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED;
  const uint8_t *bytes = text;

  if (len < 3 || bytes[0] != sequence || stls_pem_reader_finds(text, len))
    return false;
  /* The byte of a long-form length (X.690, 8.1.3.5) is not ASCII, so this is not
   * text. The byte of a short-form length may be ASCII. */
  if (bytes[1] >= 0x80) return true;
  return bytes[1] > 0 && bytes[1] <= len - 2 && begins_content(bytes[2]);
}

/* The first tag inside the SEQUENCE of a certificate, CRL, key, parameters or
 * PKCS #12 bundle. */
static bool begins_content(uint8_t tag)
{
  return tag == (V_ASN1_SEQUENCE | V_ASN1_CONSTRUCTED) ||
         tag == V_ASN1_INTEGER || tag == V_ASN1_OBJECT;
}
