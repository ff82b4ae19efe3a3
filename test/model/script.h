/* SPDX-License-Identifier: MIT */
/* script: a walk as data, settings and steps, made from a seed or from text. */
#ifndef STLS_MODEL_SCRIPT_H
#define STLS_MODEL_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* The settings of a walk; 0 is the simplest value of each. */
typedef enum script_setting {
  /* 1: the server is plain OpenSSL; 2: the client is. */
  SET_OPENSSL,
  /* 0: TLS 1.2 and 1.3; 1: 1.2; 2: 1.3. */
  SET_CLIENT_VERSIONS,
  SET_SERVER_VERSIONS,
  /* 0: none; 1: optional; 2: required. */
  SET_CLIENT_AUTH,
  /* 0: none; 1: a good one; 2: one that nobody trusts. */
  SET_CLIENT_CREDENTIAL,
  /* 0: ECDSA; 1: RSA; 2: one that nobody trusts. */
  SET_SERVER_CREDENTIAL,
  /* Post-handshake authentication. 1: both; 2: the client only; 3: the server
   * only. */
  SET_LATE_AUTH,
  /* 1: the server's context is chosen by the ClientHello; 2: it is another one
   * than the object was made from. */
  SET_CHOOSE_CONTEXT,
  SET_RESUME,
  /* The first key share is none that the server takes. */
  SET_HELLO_RETRY,
  SET_CLIENT_KEEPS_BUFFERS,
  SET_SERVER_KEEPS_BUFFERS,
  /* Limits of the queues in bytes; 0: the default. */
  SET_CLIENT_IN,
  SET_CLIENT_OUT,
  SET_SERVER_IN,
  SET_SERVER_OUT,
  /* 1: observers call the library; 2: they also free the object. */
  SET_OBSERVER_CALLS,
  /* How many tickets, plus one; 0: the default. */
  SET_TICKETS,
  /* An stls_ticket_timing. */
  SET_TICKET_TIMING,
  /* STLS_LIMIT_REPLY_BYTES; 0: the default. */
  SET_REPLY_BYTES,
  /* Bytes in transit may be lost, changed or inserted. */
  SET_DAMAGE,
  /* The transport may end, and objects may be freed. */
  SET_CUT,
  /* OpenSSL's block padding, and its SSL_CTX_set_max_send_fragment. */
  SET_PADDING,
  SET_FRAGMENT,
  /* How OpenSSL's records are cut anew: see reframe.h. */
  SET_REFRAME,
  /* Entries in the error queue before each call. */
  SET_PLANTED,
  NUM_SETTINGS
} script_setting;

/* One of the two sides does it; what `a` and `b` are is said in actions.c. */
typedef enum script_action {
  DO_HANDSHAKE,
  DO_READ,
  DO_READV,
  DO_PEEK,
  DO_WRITE,
  DO_WRITEV,
  DO_CORK,
  DO_FLUSH,
  DO_CLOSE_WRITE,
  DO_UNWRAP,
  DO_KEY_UPDATE,
  DO_VERIFY_CLIENT,
  DO_TRIM,
  DO_ANSWER,
  DO_SESSION,
  DO_EXPORT,
  DO_FACTS,
  DO_MISUSE,
  DO_FREE,
  /* Its outgoing bytes go to the peer. */
  DO_MOVE,
  DO_PUMP,
  DO_SETTLE,
  DO_LIMIT,
  DO_BIO_TRIM,
  DO_SPANS,
  DO_END,
  /* Its transport takes no more. */
  DO_OUT_END,
  DO_DAMAGE,
  /* Plain text behind close_notify, as a protocol that leaves TLS sends it. */
  DO_PLAIN_TEXT,
  NUM_ACTIONS
} script_action;

/* 0: the client, 1: the server. */
struct script_step {
  script_action action;
  unsigned side;
  uint32_t a;
  uint32_t b;
};

enum {
  SCRIPT_MAX_STEPS = 160
};

struct script {
  uint64_t seed;
  uint32_t settings[NUM_SETTINGS];
  struct script_step steps[SCRIPT_MAX_STEPS];
  size_t num_steps;
};

const char *script_setting_name(script_setting setting);
const char *script_action_name(script_action action);

/* The walk of a seed: the same one every time. */
void script_make(struct script *script, uint64_t seed);

/* Writes and parses the text form. Parsing bad text returns false, with a line
 * on stderr. */
void script_print(const struct script *script, FILE *out);
bool script_parse(struct script *script, FILE *in);

/* One step as text, without a line end. */
void script_describe(const struct script_step *step, char *out, size_t cap);

#endif
