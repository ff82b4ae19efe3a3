/* SPDX-License-Identifier: MIT */
/* passphrase: a secret that is asked for once, and only when needed. */
#ifndef STLS_LIB_PASSPHRASE_H
#define STLS_LIB_PASSPHRASE_H

#include <sanstls/credential.h>

typedef enum stls_passphrase_prompt_state {
  STLS_PASSPHRASE_PROMPT_UNUSED,
  STLS_PASSPHRASE_PROMPT_GIVEN,
  STLS_PASSPHRASE_PROMPT_ABSENT,
  STLS_PASSPHRASE_PROMPT_TOO_LONG
} stls_passphrase_prompt_state;

/* One load's passphrase, from its first use to stls_passphrase_end, which wipes it;
 * the text has a NUL behind it. */
struct stls_passphrase_prompt {
  stls_passphrase source;
  stls_passphrase_prompt_state state;
  size_t len;
  char text[STLS_PASSPHRASE_MAX + 1];
};

/* STLS_ERROR_MISUSE for a struct that says nothing sensible, _UNSUPPORTED for one
 * that says more than this library knows. NULL is fine. */
stls_result stls_passphrase_check(const stls_passphrase *passphrase,
                                  stls_error *err);

/* `source` was checked, and may be NULL for no passphrase; what it points to is
 * borrowed until the end. */
void stls_passphrase_begin(struct stls_passphrase_prompt *prompt,
                           const stls_passphrase *source);
void stls_passphrase_end(struct stls_passphrase_prompt *prompt);

/* Something is encrypted: whether there is a passphrase for it. Asks the caller
 * at the first call only. */
bool stls_passphrase_get(struct stls_passphrase_prompt *prompt);

/* Whether nobody has asked in vain. */
bool stls_passphrase_is_satisfied(const struct stls_passphrase_prompt *prompt);

/* The same as OpenSSL's pem_password_cb, with the struct as its argument. Without
 * any, OpenSSL asks on the terminal. */
int stls_passphrase_pem_callback(char *out, int cap, int writing, void *prompt);

/*
 * Says why `where` could not be read: no passphrase, a wrong one, an algorithm
 * that OpenSSL does not have, or what is newest in its queue. The caller guards
 * the error queue.
 */
stls_result stls_passphrase_explain(const struct stls_passphrase_prompt *prompt,
                                    const char *where, stls_error *err);

#endif
