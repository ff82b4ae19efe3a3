# SPDX-License-Identifier: MIT
"""constants_oracle: CPython's enums and descriptions of cipher suites.

A line is "family name value", or "cipher" and what a dictionary of
ssl.SSLContext.get_ciphers says.
"""
import ssl
import sys

CIPHERS = (
    "@SECLEVEL=2:ECDH+AESGCM:ECDH+CHACHA20:ECDH+AES:DHE+AES:!aNULL:!eNULL:"
    "!aDSS:!SHA1:!AESCCM"
)
# Names that are not the RFC's.
OTHER = {
    "USER_CANCELLED": "USER_CANCELED",
    "NEWSESSION_TICKET": "NEW_SESSION_TICKET",
    "SERVER_DONE": "SERVER_HELLO_DONE",
    "NEXT_PROTO": "NEXT_PROTOCOL",
}
FAMILIES = (
    ("mode", ssl.VerifyMode, "CERT_"),
    ("flag", ssl.VerifyFlags, "VERIFY_"),
    ("option", ssl.Options, "OP_"),
    ("alert", ssl.AlertDescription, "ALERT_DESCRIPTION_"),
    ("alert", ssl._TLSAlertType, ""),
    ("content", ssl._TLSContentType, ""),
    ("message", ssl._TLSMessageType, ""),
)
KEYS = (
    "id", "name", "protocol", "description", "strength_bits", "alg_bits",
    "aead", "symmetric", "digest", "kea", "auth",
)

if ssl.OPENSSL_VERSION_INFO[0] < 3:
    sys.exit(77)
for family, enum, prefix in FAMILIES:
    for name, value in enum.__members__.items():
        name = name[len(prefix):]
        # Older ones have bit 31 as a sign.
        value = int(value) & (2**32 - 1) if value < 0 else int(value)
        print(family, OTHER.get(name, name), value)
for name, value in ssl.TLSVersion.__members__.items():
    print("version", name.replace("_", ".") if "TLSv" in name else name,
          int(value))
for purpose in ssl.Purpose:
    print("purpose", purpose.name, purpose.nid)
for name in dir(ssl._ssl):
    if name.startswith("HOSTFLAG_"):
        print("hostflag", name[len("HOSTFLAG_"):], getattr(ssl._ssl, name))
context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
context.set_ciphers(CIPHERS)
for cipher in context.get_ciphers():
    print("cipher", *(cipher[key] for key in KEYS), sep="|")
