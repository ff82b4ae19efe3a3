/* SPDX-License-Identifier: MIT */
/* signatures: the declarations that the guide shows, beside those of the headers. */
/*
 * cc -c signatures.c $(pkg-config --cflags sanstls)
 *
 * A compiler refuses two declarations of a function that differ.
 */
#include <sanstls/sanstls.h>

/* Contexts, credentials, trust */

stls_result stls_context_new_server_from_files(
    const char *chain_path, const char *key_path, /* or NULL */
    stls_context **out_context, stls_error *err);
stls_result stls_context_new_client_from_files(
    const char *ca_path, /* or NULL */
    stls_context **out_context, stls_error *err);
stls_result stls_context_new_client(OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_context **out_context,
                                    stls_error *err);
stls_result stls_context_new_server(OSSL_LIB_CTX *libctx, const char *propq,
                                    stls_context **out_context,
                                    stls_error *err);
stls_result stls_context_seal(stls_context *context, stls_error *err);
stls_context *stls_context_up_ref(stls_context *context);
void stls_context_free(stls_context *context);
void stls_credential_free(stls_credential *credential);
void stls_trust_free(stls_trust *trust);
void stls_certificate_free(stls_certificate *certificate);

/* Objects */

stls_result stls_object_new(stls_context *context, stls_bio *incoming,
                            stls_bio *outgoing,
                            const stls_object_options *options,
                            stls_object **out_object, stls_error *err);
void stls_object_free(stls_object *object);
stls_bio *stls_object_incoming(const stls_object *object);
stls_bio *stls_object_outgoing(const stls_object *object);
unsigned stls_object_wants(const stls_object *object);
void *stls_object_user_data(const stls_object *object);

/* Queues */

stls_result stls_bio_reserve(stls_bio *bio, size_t len, void **out_data,
                             size_t *out_len, stls_error *err);
stls_result stls_bio_commit(stls_bio *bio, size_t len, stls_error *err);
stls_result stls_bio_write(stls_bio *bio, const void *data, size_t len,
                           size_t *out_written, stls_error *err);
stls_span stls_bio_peek(const stls_bio *bio); /* .data and .len */
size_t stls_bio_peekv(const stls_bio *bio, stls_span *spans, size_t max);
stls_result stls_bio_consume(stls_bio *bio, size_t len, stls_error *err);
stls_result stls_bio_read(stls_bio *bio, void *out, size_t out_len,
                          size_t *out_read, stls_error *err);
void stls_bio_write_eof(stls_bio *bio);
size_t stls_bio_pending(const stls_bio *bio);
bool stls_bio_eof(const stls_bio *bio);
stls_result stls_bio_set_limit(stls_bio *bio, size_t limit, stls_error *err);

/* Handshake, reads, writes, closing */

stls_result stls_object_handshake(stls_object *object);
stls_result stls_object_read(stls_object *object, void *out, size_t out_len,
                             size_t *out_read);
stls_result stls_object_read_from(stls_object *object, const void *in,
                                  size_t in_len, size_t *out_used, void *out,
                                  size_t out_len, size_t *out_read);
stls_result stls_object_write(stls_object *object, const void *data, size_t len,
                              size_t *out_written);
stls_result stls_object_writev(stls_object *object, const stls_span *spans,
                               size_t num_spans, size_t *out_written);
stls_result stls_object_cork(stls_object *object);
stls_result stls_object_flush(stls_object *object);
stls_result stls_object_close_write(stls_object *object);
stls_result stls_object_unwrap(stls_object *object);

/* Errors and facts */

stls_result stls_object_error(const stls_object *object, stls_error *out_error);
const char *stls_result_name(stls_result result);
const stls_conninfo *stls_object_conninfo(const stls_object *object);
stls_result stls_object_describe(const stls_object *object, char *out,
                                 size_t out_cap, size_t *out_len,
                                 stls_error *err);

/* The choice of a context */

const stls_client_hello *stls_object_client_hello(const stls_object *object);
const char *stls_client_hello_server_name(const stls_client_hello *hello);
stls_result stls_object_set_context(stls_object *object, stls_context *context);
stls_result stls_object_reject(stls_object *object, int alert);
