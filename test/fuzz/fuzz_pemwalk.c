/* SPDX-License-Identifier: MIT */
/* fuzz_pemwalk: target: the PEM reader, compared with OpenSSL's. */
#include "fuzz.h"
#include "support/pem_oracle.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
  fuzz_expect(pem_oracle_compare(data, len).verdict != PEM_ORACLE_DIFFERENT);
  return 0;
}
