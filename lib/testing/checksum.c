/* SPDX-License-Identifier: MIT */
/* checksum: computes the CRC-32 of a line. */
#include "testing/checksum.h"

uint32_t stls_checksum_crc32(const void *data, size_t len)
{
  /* Of the polynomial 0xedb88320, for half a byte at a time. */
  static const uint32_t table[] = {
      0x00000000, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4,
      0x4db26158, 0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c,
      0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
  const uint8_t *bytes = data;
  uint32_t crc = UINT32_MAX;

  for (size_t i = 0; i < len; i++) {
    crc = table[(crc ^ bytes[i]) & 15] ^ crc >> 4;
    crc = table[(crc ^ bytes[i] >> 4) & 15] ^ crc >> 4;
  }
  return ~crc;
}
