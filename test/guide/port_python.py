# SPDX-License-Identifier: MIT
"""What is ported: CPython's SSLObject between two MemoryBIO, both ends."""
import ssl


def end(context, **options):
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    return context.wrap_bio(incoming, outgoing, **options), incoming, outgoing


client_context = ssl.create_default_context(cafile="ca.pem")
server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
server_context.load_cert_chain("a.example.pem", "a.example.key")
client, client_in, client_out = end(client_context, server_hostname="a.example")
server, server_in, server_out = end(server_context, server_side=True)


def move():
    server_in.write(client_out.read())
    client_in.write(server_out.read())


def shake_hands(tls):
    try:
        tls.do_handshake()
        return True
    except ssl.SSLWantReadError:
        return False


while not shake_hands(client) or not shake_hands(server):
    move()
    shake_hands(server)
    move()
client.write(b"hello")
move()
print(server.read(100).decode())
assert client.version() and client.cipher() and client.getpeercert()
assert client.selected_alpn_protocol() is None
session = client.session
try:
    client.unwrap()
except ssl.SSLWantReadError:
    move()
    server.unwrap()
    move()
    client.unwrap()
client_in.write_eof()
