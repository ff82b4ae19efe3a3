# SPDX-License-Identifier: MIT
"""json_oracle: CPython's dictionary of each PEM certificate, as JSON.

One line each: the path, a tab, and the JSON, or nothing where there is none.
"""
import json
import ssl
import sys

# Older ones print addresses and other names in another way.
if sys.version_info < (3, 9) or ssl.OPENSSL_VERSION_INFO[0] < 3:
    sys.exit(77)
for path in sys.argv[1:]:
    try:
        decoded = ssl._ssl._test_decode_cert(path)
        text = json.dumps(decoded, default=lambda bits: bits.decode("latin-1"))
    except Exception:
        text = ""
    print(path, text, sep="\t")
