/* SPDX-License-Identifier: MIT */
/* oid: looks up object identifiers in OpenSSL's table. */
#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <sanstls/util.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/sized_struct.h"

STLS_SIZED_STRUCT(layout, stls_oid, STLS_SIZED_END(stls_oid, nid),
                  STLS_SIZED_END(stls_oid, short_name),
                  STLS_SIZED_END(stls_oid, long_name),
                  STLS_SIZED_END(stls_oid, text));

static stls_result find_text(const char *text, stls_oid *oid, stls_error *err);
static stls_result find_name(const char *name, stls_oid *oid, stls_error *err);
static int nid_of(const char *text);
static stls_result find_nid(int nid, stls_oid *oid, stls_error *err);
static const char *or_empty(const char *name);

stls_result stls_oid_from_text(const char *text, stls_oid *out_oid,
                               stls_error *err)
{
  stls_oid found = STLS_OID_INIT;
  stls_error_queue_guard guard;
  stls_result result;

  if (text == NULL) return stls_error_null(err, "text");
  result = stls_sized_struct_check(&layout, out_oid, "out_oid", err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = find_text(text, &found, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK) stls_sized_struct_write(&layout, out_oid, &found);
  return result;
}

stls_result stls_oid_from_name(const char *name, stls_oid *out_oid,
                               stls_error *err)
{
  stls_oid found = STLS_OID_INIT;
  stls_error_queue_guard guard;
  stls_result result;

  if (name == NULL) return stls_error_null(err, "name");
  result = stls_sized_struct_check(&layout, out_oid, "out_oid", err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = find_name(name, &found, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK) stls_sized_struct_write(&layout, out_oid, &found);
  return result;
}

stls_result stls_oid_from_nid(int nid, stls_oid *out_oid, stls_error *err)
{
  stls_result result =
      stls_sized_struct_check(&layout, out_oid, "out_oid", err);
  stls_oid found = STLS_OID_INIT;
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  if (nid < 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_OUT_OF_RANGE,
                           "NID %d: it must be positive", nid);
  stls_error_queue_enter(&guard);
  result = find_nid(nid, &found, err);
  stls_error_queue_leave(&guard);
  if (result == STLS_OK) stls_sized_struct_write(&layout, out_oid, &found);
  return result;
}

static stls_result find_text(const char *text, stls_oid *oid, stls_error *err)
{
  stls_result result;
  int nid = NID_undef;

  /* OpenSSL needs time quadratic in the length. */
  if (strlen(text) < sizeof oid->text) nid = nid_of(text);
  if (nid == NID_undef)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_UNKNOWN_NAME,
                                   "unknown object \"%.100s\"", text);
  result = find_nid(nid, oid, err);
  if (result != STLS_OK) return result;
  if (strcmp(oid->text, text) != 0)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_UNKNOWN_NAME,
                           "unknown object \"%.100s\": is it %s?", text,
                           oid->text);
  return STLS_OK;
}

static stls_result find_name(const char *name, stls_oid *oid, stls_error *err)
{
  int nid = OBJ_sn2nid(name);

  if (nid == NID_undef) nid = OBJ_ln2nid(name);
  return nid != NID_undef ? find_nid(nid, oid, err) : find_text(name, oid, err);
}

/* OBJ_txt2obj uses uninitialised bytes when memory runs out at a large arc. */
static int nid_of(const char *text)
{
  /* The encoding of an arc is never longer than its digits. */
  unsigned char der[sizeof((stls_oid *)NULL)->text];
  int len = a2d_ASN1_OBJECT(der, (int)sizeof der, text, -1);
  ASN1_OBJECT *object = NULL;
  int nid = NID_undef;

  if (len > 0) object = ASN1_OBJECT_create(NID_undef, der, len, NULL, NULL);
  if (object != NULL) nid = OBJ_obj2nid(object);
  ASN1_OBJECT_free(object);
  return nid;
}

static stls_result find_nid(int nid, stls_oid *oid, stls_error *err)
{
  const ASN1_OBJECT *object = nid == NID_undef ? NULL : OBJ_nid2obj(nid);
  char text[sizeof oid->text] = "";
  int len = 0;

  if (object == NULL)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_UNKNOWN_VALUE, "unknown NID %d",
                                   nid);
  len = OBJ_obj2txt(text, (int)sizeof text, object, 1);
  if (len < 0)
    return stls_error_fail_openssl(err, STLS_ERROR_INPUT,
                                   STLS_REASON_UNKNOWN_VALUE,
                                   "NID %d: OpenSSL has no OID for it", nid);
  if ((size_t)len >= sizeof text)
    return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_TOO_LONG,
                           "NID %d: its OID has %d characters", nid, len);
  oid->nid = nid;
  oid->short_name = or_empty(OBJ_nid2sn(nid));
  oid->long_name = or_empty(OBJ_nid2ln(nid));
  memcpy(oid->text, text, sizeof text);
  return STLS_OK;
}

static const char *or_empty(const char *name)
{
  return name == NULL ? "" : name;
}
