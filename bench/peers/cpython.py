#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
# cpython: ssl.SSLObject with MemoryBIO, at the same work as peer.c.
# Three ways to read: "cpython" asks for 16 KiB at a time until SSLWantReadError, as
# whoever does not know the length must; "cpython_asyncio" does so for the 256 KiB
# that asyncio asks for; "cpython_once" knows that one message is there, and reads
# it into memory that it has.
import os
import statistics
import sys
import time

DATA = sys.argv[1]
# The suite of TLS 1.3 has no setter before Python 3.15. OpenSSL reads this when
# ssl is imported.
os.environ["OPENSSL_CONF"] = os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "suites.cnf")
import ssl  # noqa: E402

ROUNDS = 15
ROUND_BYTES = 1024 * 1024
MAX_MESSAGES = 2048
HANDSHAKES = 6
ASYNCIO_LEN = 256 * 1024


def contexts():
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client.minimum_version = ssl.TLSVersion.TLSv1_3
    server.minimum_version = ssl.TLSVersion.TLSv1_3
    client.load_verify_locations(os.path.join(DATA, "ca.pem"))
    server.load_cert_chain(os.path.join(DATA, "server-ecdsa.pem"),
                           os.path.join(DATA, "server-ecdsa.key"))
    server.num_tickets = 0
    assert client.check_hostname and client.verify_mode == ssl.CERT_REQUIRED
    return client, server


CLIENT, SERVER = contexts()


class Pair:
    def __init__(self):
        self.to_client = ssl.MemoryBIO()
        self.to_server = ssl.MemoryBIO()
        # What either end sends is carried over, as by a socket.
        client_out, server_out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.client_out = client_out
        self.client = CLIENT.wrap_bio(self.to_client, client_out,
                                      server_hostname="localhost")
        self.server = SERVER.wrap_bio(self.to_server, server_out,
                                      server_side=True)
        waiting = 2
        while waiting:
            waiting = 2
            for end, out, to in ((self.client, client_out, self.to_server),
                                 (self.server, server_out, self.to_client)):
                try:
                    end.do_handshake()
                    waiting -= 1
                except ssl.SSLWantReadError:
                    pass
                to.write(out.read())


def handshakes(count):
    began = time.thread_time_ns()
    for _ in range(count):
        Pair()
    return time.thread_time_ns() - began


def writes(pair, data, count):
    write, taken = pair.client.write, pair.client_out.read
    began = time.thread_time_ns()
    for _ in range(count):
        write(data)
        taken()
    return time.thread_time_ns() - began


def records_of(pair, data, count):
    records = []
    for _ in range(count):
        pair.client.write(data)
        records.append(pair.client_out.read())
    return records


def reads(pair, data, count, read_len):
    arrive, read, again = pair.to_server.write, pair.server.read, ssl.SSLWantReadError
    got = b""
    records = records_of(pair, data, count)
    began = time.thread_time_ns()
    for record in records:
        arrive(record)
        try:
            while True:
                chunk = read(read_len)
                if not chunk:
                    break
                got = chunk
        except again:
            pass
    took = time.thread_time_ns() - began
    assert got == data
    return took


def reads_once(pair, data, count):
    arrive, read = pair.to_server.write, pair.server.read
    room = bytearray(len(data))
    records = records_of(pair, data, count)
    total = 0
    began = time.thread_time_ns()
    for record in records:
        arrive(record)
        total += read(len(data), room)
    took = time.thread_time_ns() - began
    assert total == count * len(data) and room == data
    return took


def median(run, count):
    run(count)
    return statistics.median(run(count) / count for _ in range(ROUNDS))


def main():
    print("# CPython", sys.version.split()[0], "with", ssl.OPENSSL_VERSION)
    message = os.urandom(16384)
    # What `other` writes is dropped, so nothing of it could be read.
    pair, other = Pair(), Pair()
    assert pair.client.cipher()[0] == "TLS_AES_128_GCM_SHA256"
    for size in (64, 16384):
        data = message[:size]
        count = min(ROUND_BYTES // size, MAX_MESSAGES)
        written = median(lambda n: writes(other, data, n), count)
        for variant, read in (
                ("cpython", lambda n: reads(pair, data, n, 16384)),
                ("cpython_asyncio", lambda n: reads(pair, data, n, ASYNCIO_LEN)),
                ("cpython_once", lambda n: reads_once(pair, data, n))):
            took = median(read, count)
            print(f"read_1.3_{size},{variant},{took:.4g},ns")
            print(f"write_1.3_{size},{variant},{written:.4g},ns")
    print(f"handshake_1.3,cpython,{median(handshakes, HANDSHAKES) / 1000:.4g},us")


main()
