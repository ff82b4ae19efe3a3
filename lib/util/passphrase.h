/* SPDX-License-Identifier: MIT */
/* passphrase: obtains a passphrase once, when it is first needed. */
#ifndef STLS_LIB_PASSPHRASE_H
#define STLS_LIB_PASSPHRASE_H

#include <sanstls/credential.h>

typedef enum stls_passphrase_prompt_state {
  STLS_PASSPHRASE_PROMPT_UNUSED,
  STLS_PASSPHRASE_PROMPT_GIVEN,
  STLS_PASSPHRASE_PROMPT_ABSENT,
  STLS_PASSPHRASE_PROMPT_TOO_LONG
} stls_passphrase_prompt_state;

/* The passphrase of one load, obtained at its first use and wiped by
 * stls_passphrase_end; the text is terminated. */
struct stls_passphrase_prompt {
  stls_passphrase source;
  stls_passphrase_prompt_state state;
  size_t len;
  char text[STLS_PASSPHRASE_MAX + 1];
};

/* STLS_OK, also for NULL. STLS_ERROR_MISUSE: its members contradict each other.
 * STLS_ERROR_UNSUPPORTED: it has members that this library does not know. */
stls_result stls_passphrase_check(const stls_passphrase *passphrase,
                                  stls_error *err);

/* `source` passed stls_passphrase_check; NULL is no passphrase. Its pointers are
 * borrowed until stls_passphrase_end. */
void stls_passphrase_begin(struct stls_passphrase_prompt *prompt,
                           const stls_passphrase *source);
void stls_passphrase_end(struct stls_passphrase_prompt *prompt);

/* Returns whether there is a passphrase. The first call runs the caller's
 * function. */
bool stls_passphrase_get(struct stls_passphrase_prompt *prompt);

/* Whether every call of stls_passphrase_get found a passphrase. */
bool stls_passphrase_is_satisfied(const struct stls_passphrase_prompt *prompt);

/* OpenSSL's pem_password_cb; its argument is the prompt. Without a callback OpenSSL
 * would ask on the terminal. */
int stls_passphrase_pem_callback(char *out, int cap, int writing, void *prompt);

/*
 * Says why `where` could not be read: no passphrase, a wrong one, an algorithm
 * that OpenSSL does not have, or what is newest in its queue. The caller guards
 * the error queue.
 */
stls_result stls_passphrase_explain(const struct stls_passphrase_prompt *prompt,
                                    const char *where, stls_error *err);

#endif
