/* SPDX-License-Identifier: MIT */
/* ocsp_response: keeps an OCSP response, and finds a certificate's status in one. */
#include "x509/ocsp_response.h"

#include <limits.h>
#include <sanstls/stapling.h>
#include <string.h>

#include "base/error.h"
#include "base/error_queue.h"
#include "base/mem.h"

#define SECONDS_PER_DAY ((int64_t)86400)

static stls_result read_next_update(OCSP_BASICRESP *basic, X509 *cert,
                                    X509 *issuer, int64_t *out_next_update,
                                    struct stls_ocsp_fault *out_fault);
static stls_result refuse(struct stls_ocsp_fault *out_fault, stls_reason reason,
                          const char *text);
static bool is_of(const OCSP_CERTID *id, X509 *cert, X509 *issuer,
                  bool *out_is_it);
static const EVP_MD *digest_of(const ASN1_OBJECT *algorithm);
static bool is_digest(const ASN1_OCTET_STRING *digest, const uint8_t *bytes,
                      unsigned len);

stls_ocsp_response *stls_ocsp_response_new(const void *data, size_t len)
{
  stls_ocsp_response *response;

  if (len > SIZE_MAX - sizeof *response) return NULL;
  response = stls_mem_alloc(sizeof *response + len);
  if (response == NULL) return NULL;
  stls_refs_init(&response->refs);
  response->next_update = INT64_MAX;
  response->len = len;
  memcpy(response->data, data, len);
  return response;
}

void stls_ocsp_response_free(stls_ocsp_response *response)
{
  if (response != NULL && stls_refs_release(&response->refs))
    stls_mem_free(response);
}

stls_ocsp_response *stls_ocsp_response_up_ref(stls_ocsp_response *response)
{
  if (response != NULL) stls_refs_take(&response->refs);
  return response;
}

stls_result stls_ocsp_response_decode(const uint8_t *data, size_t len,
                                      OCSP_BASICRESP **out_basic,
                                      struct stls_ocsp_fault *out_fault)
{
  const unsigned char *at = data;
  OCSP_RESPONSE *response =
      len > LONG_MAX ? NULL : d2i_OCSP_RESPONSE(NULL, &at, (long)len);
  stls_result result = STLS_OK;

  if (response == NULL)
    return refuse(out_fault, STLS_REASON_OCSP_BROKEN, "it is no OCSP response");
  if (at != data + len)
    result = refuse(out_fault, STLS_REASON_TRAILING_DATA,
                    "it has something behind its end");
  else if (OCSP_response_status(response) != OCSP_RESPONSE_STATUS_SUCCESSFUL)
    result = refuse(out_fault, STLS_REASON_OCSP_BROKEN,
                    "it is of a responder that had no answer");
  else if ((*out_basic = OCSP_response_get1_basic(response)) == NULL)
    result = refuse(out_fault, STLS_REASON_OCSP_BROKEN,
                    "it is not of the type id-pkix-ocsp-basic");
  OCSP_RESPONSE_free(response);
  return result;
}

stls_result stls_ocsp_response_find(OCSP_BASICRESP *basic, X509 *cert,
                                    X509 *issuer, OCSP_SINGLERESP **out_single)
{
  *out_single = NULL;
  for (int i = 0; i < OCSP_resp_count(basic) && *out_single == NULL; i++) {
    OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);
    bool is_it;
    if (!is_of(OCSP_SINGLERESP_get0_id(single), cert, issuer, &is_it))
      return STLS_ERROR_MEMORY;
    if (is_it) *out_single = single;
  }
  return STLS_OK;
}

stls_result stls_ocsp_response_read(const void *der, size_t len, X509 *cert,
                                    X509 *issuer,
                                    stls_ocsp_response **out_response,
                                    stls_error *err)
{
  struct stls_ocsp_fault fault = {
      "it is longer than 16380 bytes, which "
      "clients refuse",
      STLS_REASON_TOO_LONG};
  OCSP_BASICRESP *basic = NULL;
  stls_result result = STLS_ERROR_INPUT;
  int64_t next_update;

  if (len <= STLS_OCSP_RESPONSE_MAX)
    result = stls_ocsp_response_decode(der, len, &basic, &fault);
  if (result == STLS_OK)
    result = read_next_update(basic, cert, issuer, &next_update, &fault);
  OCSP_BASICRESP_free(basic);
  if (result == STLS_ERROR_INPUT)
    return stls_error_fail(err, result, fault.reason, "OCSP response: %s",
                           fault.text);
  if (result == STLS_OK) *out_response = stls_ocsp_response_new(der, len);
  if (result != STLS_OK || *out_response == NULL) return stls_error_memory(err);
  (*out_response)->next_update = next_update;
  return STLS_OK;
}

bool stls_ocsp_response_seconds(const ASN1_GENERALIZEDTIME *time,
                                int64_t *out_seconds)
{
  ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
  int days = 0, seconds = 0;
  bool is_time = epoch != NULL && time != NULL &&
                 ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;

  ASN1_TIME_free(epoch);
  if (is_time) *out_seconds = days * SECONDS_PER_DAY + seconds;
  return is_time;
}

static stls_result read_next_update(OCSP_BASICRESP *basic, X509 *cert,
                                    X509 *issuer, int64_t *out_next_update,
                                    struct stls_ocsp_fault *out_fault)
{
  ASN1_GENERALIZEDTIME *next_update = NULL;
  OCSP_SINGLERESP *single;
  stls_result result = stls_ocsp_response_find(basic, cert, issuer, &single);

  if (result != STLS_OK) return result;
  if (single == NULL)
    return refuse(out_fault, STLS_REASON_OCSP_OTHER_CERTIFICATE,
                  "it is not of the credential's certificate");
  OCSP_single_get0_status(single, NULL, NULL, NULL, &next_update);
  *out_next_update = INT64_MAX;
  if (next_update == NULL ||
      stls_ocsp_response_seconds(next_update, out_next_update))
    return STLS_OK;
  return refuse(out_fault, STLS_REASON_OCSP_BROKEN,
                "it has a nextUpdate that is no time");
}

/* Memory may have been short instead. */
static stls_result refuse(struct stls_ocsp_fault *out_fault, stls_reason reason,
                          const char *text)
{
  bool is_short;

  stls_error_queue_drain(&is_short);
  if (is_short) return STLS_ERROR_MEMORY;
  out_fault->reason = reason;
  out_fault->text = text;
  return STLS_ERROR_INPUT;
}

/* RFC 6960, 4.1.1: serial number, and digests of the issuer's name and key. false when
 * memory is short. */
static bool is_of(const OCSP_CERTID *id, X509 *cert, X509 *issuer,
                  bool *out_is_it)
{
  ASN1_OCTET_STRING *name = NULL, *key = NULL;
  ASN1_OBJECT *algorithm = NULL;
  ASN1_INTEGER *serial = NULL;
  uint8_t bytes[EVP_MAX_MD_SIZE];
  const EVP_MD *md;
  unsigned len;

  *out_is_it = false;
  if (OCSP_id_get0_info(&name, &algorithm, &key, &serial, (OCSP_CERTID *)id) !=
          1 ||
      ASN1_INTEGER_cmp(serial, X509_get0_serialNumber(cert)) != 0)
    return true;
  md = digest_of(algorithm);
  if (md == NULL) return true;
  if (X509_NAME_digest(X509_get_issuer_name(cert), md, bytes, &len) != 1)
    return false;
  *out_is_it = is_digest(name, bytes, len);
  if (!*out_is_it || issuer == NULL) return true;
  if (X509_pubkey_digest(issuer, md, bytes, &len) != 1) return false;
  *out_is_it = is_digest(key, bytes, len);
  return true;
}

/* Those that every OpenSSL has, so that one that fails has lacked memory. */
static const EVP_MD *digest_of(const ASN1_OBJECT *algorithm)
{
  switch (OBJ_obj2nid(algorithm)) {
    case NID_sha1:
      return EVP_sha1();
    case NID_sha224:
      return EVP_sha224();
    case NID_sha256:
      return EVP_sha256();
    case NID_sha384:
      return EVP_sha384();
    case NID_sha512:
      return EVP_sha512();
    default:
      return NULL;
  }
}

static bool is_digest(const ASN1_OCTET_STRING *digest, const uint8_t *bytes,
                      unsigned len)
{
  return ASN1_STRING_length(digest) == (int)len &&
         memcmp(ASN1_STRING_get0_data(digest), bytes, len) == 0;
}
