/* SPDX-License-Identifier: MIT */
/* fuzz_pemwalk: our walk through a PEM text finds OpenSSL's blocks or refuses. */
#include "fuzz.h"
#include "support/pem_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  fuzz_expect(pem_judge(data, len).verdict != PEM_DIFFERENT);
  return 0;
}
