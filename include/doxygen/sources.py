# SPDX-License-Identifier: MIT
"""What manual pages take from README.md and from the guide's programs."""
import os
import re

GUIDE = "test/guide"

# The functions of the guide's programs that show a call.
EXAMPLES = {
    "stls_bio_commit": ("client.c", "fill"),
    "stls_bio_consume": ("client.c", "drain"),
    "stls_bio_peek": ("client.c", "drain"),
    "stls_bio_reserve": ("client.c", "fill"),
    "stls_context_new_client_from_files": ("client.c", "set_up"),
    "stls_context_new_server_from_files": ("server.c", "add_site"),
    "stls_context_seal": ("server.c", "add_site"),
    "stls_object_describe": ("client.c", "describe"),
    "stls_object_error": ("client.c", "describe"),
    "stls_object_handshake": ("client.c", "handshake"),
    "stls_object_read": ("client.c", "read_some"),
    "stls_object_wants": ("client.c", "drain"),
    "stls_object_write": ("client.c", "write_all"),
}


def read(tree, path):
    with open(os.path.join(tree, path), encoding="utf-8") as file:
        return file.read()


def example(tree, name):
    """The program that shows a call, and the function in it; None without one."""
    if name not in EXAMPLES or not os.path.isdir(os.path.join(tree, GUIDE)):
        return None
    program, function = EXAMPLES[name]
    found = re.search(r"^[a-z][^\n;]*\b%s\([^;{}]*\)\s*\{\n.*?^\}$" % function,
                      read(tree, os.path.join(GUIDE, program)), re.M | re.S)
    return (program, found.group()) if found and name + "(" in found.group() else None


def tasks(tree):
    """README.md's table of tasks: (what to do, the calls for it)."""
    section = re.search(r"^## What do you want to do\?$(.*?)^## ", read(tree, "README.md"),
                        re.M | re.S)
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$",
                      section.group(1) if section else "", re.M)
    return [row for row in rows if "`" in row[1]]
