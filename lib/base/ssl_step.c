/* SPDX-License-Identifier: MIT */
/* ssl_step: the step of the handshake that libssl is in. */
#include "base/ssl_step.h"

#include <string.h>

bool stls_ssl_step_is(const SSL *ssl, const char *name)
{
  return strcmp(SSL_state_string(ssl), name) == 0;
}
