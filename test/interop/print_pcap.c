/* SPDX-License-Identifier: MIT */
/* print_pcap: prints a connection as a TCP recording, and its key log. */
/*
 * Usage: print_pcap VERSION DATA PCAP KEYLOG, with VERSION 1.2 or 1.3 and DATA
 * the folder of certificates. One request and one answer of HTTP are in the
 * recording, in pcap's format; what is around the records is made up.
 */
#include <sanstls/sanstls.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  CLIENT_PORT = 40000,
  SERVER_PORT = 443,
  HEADERS_LEN = 40,
  SEGMENT_MAX = 1400,
  FLAG_SYN = 0x02,
  FLAG_ACK = 0x10
};

static const char request[] =
    "GET /the-secret-path HTTP/1.1\r\nHost: server.example\r\n\r\n";
static const char answer[] =
    "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 17\r\n\r\n"
    "the-secret-answer";

/* The next sequence numbers of client and server. */
static uint32_t next_seq[2] = {1000, 5000};
static FILE *pcap;
static uint32_t num_packets;

static void check(stls_result result, const stls_error *err)
{
  if (result == STLS_OK || result == STLS_WANT_READ) return;
  fprintf(stderr, "%s: %s\n", stls_result_name(result), err->message);
  exit(1);
}

static void put(unsigned char *out, uint32_t value, int len)
{
  for (int i = 0; i < len; i++)
    out[i] = (unsigned char)(value >> (8 * (len - 1 - i)));
}

/* RFC 791, 3.1. */
static void put_checksum(unsigned char *ip)
{
  uint32_t sum = 0;

  for (int i = 0; i < 20; i += 2) sum += (uint32_t)ip[i] << 8 | ip[i + 1];
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  put(ip + 10, ~sum & 0xffff, 2);
}

/* One IPv4 packet with one TCP segment; `from` is 0 for the client. */
static void write_packet(int from, unsigned flags, const void *data, size_t len)
{
  unsigned char headers[HEADERS_LEN] = {0x45};
  uint32_t record[4] = {1700000000, num_packets++,
                        (uint32_t)(HEADERS_LEN + len),
                        (uint32_t)(HEADERS_LEN + len)};

  put(headers + 2, (uint32_t)(HEADERS_LEN + len), 2);
  headers[8] = 64;
  headers[9] = 6;
  put(headers + 12, 0x0a000001 + (uint32_t)from, 4);
  put(headers + 16, 0x0a000002 - (uint32_t)from, 4);
  put_checksum(headers);
  put(headers + 20, from == 0 ? CLIENT_PORT : SERVER_PORT, 2);
  put(headers + 22, from == 0 ? SERVER_PORT : CLIENT_PORT, 2);
  put(headers + 24, next_seq[from], 4);
  if ((flags & FLAG_ACK) != 0) put(headers + 28, next_seq[1 - from], 4);
  headers[32] = 5 << 4;
  headers[33] = (unsigned char)flags;
  put(headers + 34, 0xffff, 2);
  next_seq[from] += (uint32_t)len + ((flags & FLAG_SYN) != 0);
  fwrite(record, sizeof record, 1, pcap);
  fwrite(headers, sizeof headers, 1, pcap);
  if (len > 0) fwrite(data, len, 1, pcap);
}

static void open_pcap(const char *path)
{
  /* Version 2.4 in this machine's byte order, and bare IP packets (101). */
  const uint32_t header[6] = {0xa1b2c3d4, 0, 0, 0, 65535, 101};
  const uint16_t version[2] = {2, 4};

  pcap = fopen(path, "wb");
  if (pcap == NULL) {
    perror(path);
    exit(1);
  }
  fwrite(header, 4, 1, pcap);
  fwrite(version, sizeof version, 1, pcap);
  fwrite(header + 2, 16, 1, pcap);
  write_packet(0, FLAG_SYN, NULL, 0);
  write_packet(1, FLAG_SYN | FLAG_ACK, NULL, 0);
  write_packet(0, FLAG_ACK, NULL, 0);
}

static void set_credential(stls_context *context, const char *data)
{
  stls_pem_source source = STLS_PEM_SOURCE_INIT;
  stls_credential *credential = NULL;
  stls_error err = STLS_ERROR_INIT;
  char chain[512], key[512];

  snprintf(chain, sizeof chain, "%s/server-ecdsa.pem", data);
  snprintf(key, sizeof key, "%s/server-ecdsa.key", data);
  source.chain_file = chain;
  source.key_file = key;
  check(stls_credential_new_pem(&source, NULL, NULL, &credential, &err), &err);
  check(stls_context_set_credential(context, credential, &err), &err);
  stls_credential_free(credential);
}

static stls_object *open_side(stls_role role, const char *version,
                              const char *data, stls_keylog_file *log)
{
  stls_object_options options = STLS_OBJECT_OPTIONS_INIT;
  stls_protocol number =
      strcmp(version, "1.2") == 0 ? STLS_TLS_1_2 : STLS_TLS_1_3;
  stls_context *context = NULL;
  stls_object *object = NULL;
  stls_error err = STLS_ERROR_INIT;

  check(stls_context_new_without_trust(role, NULL, NULL, &context, &err), &err);
  check(stls_context_set_versions(context, number, number, &err), &err);
  if (role == STLS_SERVER) {
    set_credential(context, data);
  } else {
    check(stls_context_set_insecure_verify_none(context, &err), &err);
    check(stls_context_set_insecure_keylog_file(context, log, &err), &err);
    options.server_name = "server.example";
  }
  check(stls_object_new(context, NULL, NULL, &options, &object, &err), &err);
  stls_context_free(context);
  return object;
}

/* Everything that one side has to say, in segments. */
static void move(stls_object *sides[2], int from)
{
  unsigned char segment[SEGMENT_MAX];
  stls_error err = STLS_ERROR_INIT;
  size_t len, done;

  while (stls_bio_read(stls_object_outgoing(sides[from]), segment,
                       sizeof segment, &len, &err) == STLS_OK) {
    write_packet(from, FLAG_ACK, segment, len);
    check(stls_bio_write(stls_object_incoming(sides[1 - from]), segment, len,
                         &done, &err),
          &err);
  }
}

static void say(stls_object *sides[2], int from, const char *text)
{
  stls_error err = STLS_ERROR_INIT;
  char heard[1000];
  size_t done;
  stls_result result =
      stls_object_write(sides[from], text, strlen(text), &done);

  stls_object_error(sides[from], &err);
  check(result, &err);
  move(sides, from);
  result = stls_object_read(sides[1 - from], heard, sizeof heard, &done);
  stls_object_error(sides[1 - from], &err);
  check(result, &err);
  move(sides, 1 - from);
}

int main(int argc, char **argv)
{
  stls_object *sides[2];
  stls_keylog_file *log = NULL;
  stls_error err = STLS_ERROR_INIT;

  if (argc != 5) return 2;
  check(stls_keylog_file_new(argv[4], &log, &err), &err);
  open_pcap(argv[3]);
  sides[0] = open_side(STLS_CLIENT, argv[1], argv[2], log);
  sides[1] = open_side(STLS_SERVER, argv[1], argv[2], NULL);
  for (int turn = 0; turn < 10; turn++) {
    stls_result result = stls_object_handshake(sides[turn % 2]);
    stls_object_error(sides[turn % 2], &err);
    check(result, &err);
    move(sides, turn % 2);
  }
  say(sides, 0, request);
  say(sides, 1, answer);
  stls_object_free(sides[0]);
  stls_object_free(sides[1]);
  check(stls_keylog_file_error(log, &err), &err);
  stls_keylog_file_free(log);
  return fclose(pcap) == 0 ? 0 : 1;
}
