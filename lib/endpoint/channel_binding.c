/* SPDX-License-Identifier: MIT */
/* channel_binding: computes the channel bindings of a connection (RFC 5929,
 * RFC 9266). */
#include <openssl/asn1t.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>
#include <string.h>

#include <sanstls/conninfo.h>

#include "base/error_queue.h"
#include "base/out_buffer.h"
#include "endpoint/exporter.h"

#define NUM_TYPES 3

struct data {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  size_t len;
};

static stls_result make(stls_object *object, stls_channel_binding type,
                        struct data *data, stls_error *err);
static stls_result make_exporter(stls_object *object, struct data *data,
                                 stls_error *err);
static stls_result make_end_point(stls_object *object, struct data *data,
                                  stls_error *err);
static stls_result make_unique(stls_object *object, struct data *data,
                               stls_error *err);
static X509 *server_certificate(stls_object *object);
static int digest_nid(X509 *cert);
static bool has_other_mask(const X509 *cert, int digest);
static int mask_nid(const RSA_PSS_PARAMS *params);
static bool lacked_memory(void);
static stls_result hash(const stls_context *context, const X509 *cert, int nid,
                        struct data *data, stls_error *err);

static const char *const names[NUM_TYPES] = {
    [STLS_CHANNEL_BINDING_TLS_EXPORTER] = "tls-exporter",
    [STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT] = "tls-server-end-point",
    [STLS_CHANNEL_BINDING_TLS_UNIQUE] = "tls-unique",
};

stls_result stls_object_channel_binding(stls_object *object,
                                        stls_channel_binding type, void *out,
                                        size_t out_cap, size_t *out_len,
                                        stls_error *err)
{
  struct data data = {.len = 0};
  stls_result result = stls_out_buffer_check(out, out_cap, out_len, err);
  stls_error_queue_guard guard;

  if (result != STLS_OK) return result;
  result = stls_exporter_admit(object, err);
  if (result != STLS_OK) return result;
  stls_error_queue_enter(&guard);
  result = make(object, type, &data, err);
  stls_error_queue_leave(&guard);
  if (result != STLS_OK) return result;
  result =
      stls_out_buffer_put(data.bytes, data.len, out, out_cap, out_len, err);
  OPENSSL_cleanse(&data, sizeof data);
  return result;
}

const char *stls_channel_binding_name(stls_channel_binding type)
{
  return (unsigned)type < NUM_TYPES ? names[type] : "unknown";
}

stls_result stls_channel_binding_from_name(const char *name,
                                           stls_channel_binding *out_type,
                                           stls_error *err)
{
  if (name == NULL) return stls_error_null(err, "name");
  if (out_type == NULL) return stls_error_null(err, "out_type");
  for (unsigned i = 0; i < NUM_TYPES; i++)
    if (strcmp(name, names[i]) == 0) {
      *out_type = (stls_channel_binding)i;
      return STLS_OK;
    }
  return stls_error_fail(err, STLS_ERROR_INPUT, STLS_REASON_UNKNOWN_NAME,
                         "no type of channel binding: \"%s\"", name);
}

static stls_result make(stls_object *object, stls_channel_binding type,
                        struct data *data, stls_error *err)
{
  switch (type) {
    case STLS_CHANNEL_BINDING_TLS_EXPORTER:
      return make_exporter(object, data, err);
    case STLS_CHANNEL_BINDING_TLS_SERVER_END_POINT:
      return make_end_point(object, data, err);
    case STLS_CHANNEL_BINDING_TLS_UNIQUE:
      return make_unique(object, data, err);
    default:
      return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_UNKNOWN_VALUE,
                             "type %d is not a stls_channel_binding",
                             (int)type);
  }
}

/* RFC 9266, 2: an empty context, which on TLS 1.2 differs from no context. */
static stls_result make_exporter(stls_object *object, struct data *data,
                                 stls_error *err)
{
  static const char text[] = "EXPORTER-Channel-Binding";
  const stls_span label = {text, sizeof text - 1}, context = {"", 0};

  data->len = 32;
  return stls_exporter_derive(object, &label, &context, data->bytes, data->len,
                              err);
}

static stls_result make_end_point(stls_object *object, struct data *data,
                                  stls_error *err)
{
  X509 *cert = server_certificate(object);
  int nid;

  if (cert == NULL)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NO_BINDING,
                           "tls-server-end-point: the connection has no "
                           "certificate of the server, or no certain one");
  nid = digest_nid(cert);
  if (nid == NID_undef && lacked_memory()) return stls_error_memory(err);
  if (nid == NID_undef)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NO_BINDING,
                           "tls-server-end-point is not defined for the "
                           "signature of the server's certificate");
  return hash(object->context, cert, nid, data, err);
}

/* RFC 5929, 3.1: the first Finished of the handshake, which is the client's,
 * or the server's when a session is resumed. */
static stls_result make_unique(stls_object *object, struct data *data,
                               stls_error *err)
{
  SSL *ssl = object->io.ssl;
  bool is_client = object->context->role == STLS_CLIENT;
  bool is_resumed = stls_conninfo_resumed(object->info);
  size_t (*get)(const SSL *, void *, size_t) =
      is_client != is_resumed ? SSL_get_finished : SSL_get_peer_finished;

  if (stls_conninfo_version(object->info) == STLS_TLS_1_3)
    return stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_WRONG_VERSION,
                           "tls-unique is not defined on TLS 1.3: use "
                           "tls-exporter");
  if (is_resumed && !stls_conninfo_extended_master_secret(object->info))
    return stls_error_fail(err, STLS_ERROR_MISUSE,
                           STLS_REASON_NO_EXTENDED_MASTER_SECRET,
                           "tls-unique is not unique on a resumed connection "
                           "without extended master secret");
  data->len = get(ssl, data->bytes, sizeof data->bytes);
  return data->len > 0 && data->len <= sizeof data->bytes
             ? STLS_OK
             : stls_error_fail(err, STLS_ERROR_MISUSE, STLS_REASON_NO_BINDING,
                               "tls-unique: there is no Finished");
}

static X509 *server_certificate(stls_object *object)
{
  SSL *ssl = object->io.ssl;

  if (object->context->role == STLS_CLIENT) return object->info->peer;
  if (SSL_set_current_cert(ssl, SSL_CERT_SET_SERVER) == 1)
    return SSL_get_certificate(ssl);
  /* A resumed session does not tell which certificate was used: it is known
   * only if there is but one. */
  if (SSL_set_current_cert(ssl, SSL_CERT_SET_FIRST) != 1) return NULL;
  if (SSL_set_current_cert(ssl, SSL_CERT_SET_NEXT) == 1) return NULL;
  return SSL_get_certificate(ssl);
}

/* RFC 5929, 4.1. NID_undef if the hash function is undefined there. */
static int digest_nid(X509 *cert)
{
  int digest = NID_undef, key = NID_undef;

  if (X509_get_signature_info(cert, &digest, &key, NULL, NULL) != 1)
    return NID_undef;
  if (key == NID_rsassaPss && has_other_mask(cert, digest)) return NID_undef;
  return digest == NID_md5 || digest == NID_sha1 || digest == NID_md5_sha1
             ? NID_sha256
             : digest;
}

static bool lacked_memory(void)
{
  bool is_short;

  stls_error_queue_drain(&is_short);
  return is_short;
}

static bool has_other_mask(const X509 *cert, int digest)
{
  const X509_ALGOR *algorithm = NULL;
  const void *value = NULL;
  RSA_PSS_PARAMS *params;
  int type = V_ASN1_UNDEF;
  bool is_other;

  X509_get0_signature(NULL, &algorithm, cert);
  X509_ALGOR_get0(NULL, &type, &value, algorithm);
  if (type != V_ASN1_SEQUENCE) return true;
  params = ASN1_item_unpack(value, ASN1_ITEM_rptr(RSA_PSS_PARAMS));
  is_other = params == NULL || mask_nid(params) != digest;
  RSA_PSS_PARAMS_free(params);
  return is_other;
}

/* The hash function of the mask generation, SHA-1 by default (RFC 8017,
 * A.2.3). */
static int mask_nid(const RSA_PSS_PARAMS *params)
{
  const ASN1_OBJECT *function = NULL, *name = NULL;
  const void *value = NULL;
  int type = V_ASN1_UNDEF, nid;
  X509_ALGOR *digest;

  if (params->maskGenAlgorithm == NULL) return NID_sha1;
  X509_ALGOR_get0(&function, &type, &value, params->maskGenAlgorithm);
  if (OBJ_obj2nid(function) != NID_mgf1 || type != V_ASN1_SEQUENCE)
    return NID_undef;
  digest = ASN1_item_unpack(value, ASN1_ITEM_rptr(X509_ALGOR));
  if (digest == NULL) return NID_undef;
  X509_ALGOR_get0(&name, NULL, NULL, digest);
  nid = OBJ_obj2nid(name);
  X509_ALGOR_free(digest);
  return nid;
}

static stls_result hash(const stls_context *context, const X509 *cert, int nid,
                        struct data *data, stls_error *err)
{
  unsigned len = 0;
  EVP_MD *md = EVP_MD_fetch(context->libctx, OBJ_nid2sn(nid), context->propq);
  int ret = md == NULL ? 0 : X509_digest(cert, md, data->bytes, &len);

  EVP_MD_free(md);
  data->len = len;
  if (ret == 1) return STLS_OK;
  if (stls_error_queue_is_empty()) return stls_error_memory(err);
  return stls_error_fail_openssl(
      err, STLS_ERROR_UNSUPPORTED, STLS_REASON_NOT_SUPPORTED,
      "tls-server-end-point: no %s in this library context", OBJ_nid2sn(nid));
}
