#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""reference_rules.py TREE OUTPUT: complains about the reference in OUTPUT.

OUTPUT has the folders xml, html and man. Each function of lib/sanstls.sym has a page
with its prototype, and a comment that says
- for a function that returns stls_result: STLS_OK and at least one other result, its
  own or by "Results as stls_x", and what each of them means;
- for a function that returns or stores a pointer: how long that lives, or who
  releases it;
- for any other that returns something: more than what NULL gives.
- for an output buffer: that NULL asks for the length.
A function that returns stls_result shares its comment only with such functions; its
results speak of no parameter that it does not have; and it is STLS_CHECKED, or export.h
names it. Links of the HTML and of the manual pages lead somewhere. A page's NAME is
no piece of a sentence, and a page names no file that is not installed.
"""
import os
import re
import sys
from html.parser import HTMLParser

TREE, OUTPUT = sys.argv[1:3]
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "../../include/doxygen"))
sys.dont_write_bytecode = True
import reference as model  # noqa: E402
import sources  # noqa: E402

OWNERSHIP = re.compile(
    r"borrow|[Ss]tatic|caller's|lives? |live as long|released? (it )?with|"
    r"one more reference|\bobject's life|belongs? to|of the options", re.I)
ONLY_NULL = re.compile(
    r"^(As |The same|(0|-1|NULL|false|STLS_\w+)\b.*(\bNULL|is fine|on a (client|server)))")


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


# --- comments ---

def check_results(reference, name, member):
    meanings = {}
    for term, texts in model.all_results(reference, member):
        for result in model.names_of(term):
            meanings[result] = meanings.get(result, "") + \
                "".join(model.text_of(text) for text in texts)
    if "STLS_OK" not in meanings or len(meanings) < 2:
        yield "%s: does not name its results" % name
    for result, meaning in sorted(meanings.items()):
        if not meaning:
            yield "%s: does not say what %s means" % (name, result)


def pointers_out(member):
    if model.text_of(member.find("type")).endswith("*"):
        yield "the pointer that it returns"
    for param in member.findall("param"):
        if model.text_of(param.find("type")).endswith("**"):
            yield "*" + param.findtext("declname")


def check_parameters(reference, name, group):
    """The results, and what they need of the prototypes."""
    params = {p.findtext("declname") for member in group for p in member.findall("param")}
    results = " ".join(model.text_of(text) for _, texts in
                       model.all_results(reference, group[0]) for text in texts)
    for param in sorted(set(re.findall(r"\bout_\w+", results)) - params):
        yield "%s: its results name %s, which it does not have" % (name, param)
    if "setter takes a text" in results and not any(map(model.takes_text, group)):
        yield "%s: its results name a text, and it takes none" % name
    text = model.about_text(group[0])
    if re.search(r"(^|[.;] *)(An? )?[Oo]utput buffer\b", text):
        yield '%s: "Output buffer" is no sentence' % name
    elif "out_cap" in params and "asks for the length" not in text:
        yield "%s: does not say that NULL asks for the length" % name


def check_checked(tree):
    """What lacks STLS_CHECKED, and whether export.h names it."""
    folder = os.path.join(tree, "include/sanstls")
    unchecked, named = set(), set()
    for header in sorted(os.listdir(folder)):
        text = read(os.path.join(folder, header))
        if header == "export.h":
            named = set(re.findall(r"\bstls_\w+", text)) - {"stls_result"}
        code = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        unchecked.update(re.findall(r"STLS_EXPORT\s+stls_result\s+(\w+)\(", code))
    for name in sorted(unchecked ^ named):
        yield "%s: %s" % (name, "neither STLS_CHECKED nor named in export.h"
                          if name in unchecked else "named in export.h, and STLS_CHECKED")


def check_comment(reference, name, member):
    text = model.about_text(member)
    if not text:
        yield "%s: no comment" % name
        return
    kind = model.text_of(member.find("type"))
    if kind == "stls_result":
        yield from check_results(reference, name, member)
    elif kind != "void" and ONLY_NULL.match(model.text_of(
            member.find("briefdescription"))):
        yield "%s: its first sentence does not say what it returns" % name
    inherited = "".join(model.text_of(text) for _, texts in
                        model.all_results(reference, member) for text in texts)
    for pointer in pointers_out(member):
        if not OWNERSHIP.search(text + inherited):
            yield "%s: does not say how long %s lives" % (name, pointer)


# --- manual pages ---

def page_text(folder, name):
    """The page of a name, behind links; None without one."""
    for _ in range(3):
        path = os.path.join(folder, "man3", name + ".3")
        if not os.path.exists(path):
            return None
        text = read(path)
        found = re.match(r"\.so man3/(\w+)\.3\n$", text)
        if not found:
            return text
        name = found.group(1)
    return None


def plain(roff):
    return re.sub(r"\\f[BIR]|\\", "", roff.replace("\\(aq", "'"))


def check_page(folder, name):
    text = page_text(folder, name)
    if text is None:
        yield "%s: no manual page" % name
    elif not re.search(r"\b%s\(" % name, plain(text.split(".SH DESCRIPTION")[0])):
        yield "%s: no prototype in its manual page" % name


# A sentence does not end with these.
CUT = re.compile(r"([:;,(]|(^| )(a|an|and|as|by|from|in|of|or|the|to|[A-Z]))$")


def check_name(folder, name):
    found = re.search(r'\.SH "NAME"\n(.*)', page_text(folder, name) or "")
    if not found:
        return
    summary = plain(found.group(1)).split(" - ", 1)[-1]
    if CUT.search(summary) or summary.count("(") != summary.count(")") or \
            summary.count('"') % 2:
        yield "%s: its NAME is cut: %s" % (name, summary)


def check_example(folder, name):
    if name in sources.EXAMPLES and os.path.isdir(os.path.join(TREE, sources.GUIDE)) and \
            '.SH "EXAMPLE"' not in (page_text(folder, name) or ""):
        yield "%s: no %s in %s with an example" % (
            name, sources.EXAMPLES[name][1], sources.EXAMPLES[name][0])


def check_words(folder):
    """Files of the source tree, and what Doxygen should have read and did not."""
    for section in ("man3", "man7"):
        for page in sorted(os.listdir(os.path.join(folder, section))):
            text = read(os.path.join(folder, section, page)).split('.SH "EXAMPLE"')[0]
            for path in re.findall(r"\b(?:bench|include|lib|test)/[\w/.]+\.\w+", text):
                yield "%s: names %s, which is not installed" % (page, path)
            for mark in sorted(set(re.findall(r"&[a-z]+;|\\e(?:\\-|[#:@])", text))):
                yield "%s: has Doxygen's %s" % (page, plain(mark))


def check_man_links(folder):
    for section in ("man3", "man7"):
        for page in sorted(os.listdir(os.path.join(folder, section))):
            text = read(os.path.join(folder, section, page))
            for name, number in re.findall(r"((?:stls|sanstls)\w*)(?: |\\fR)\((\d)\)", text):
                if not os.path.exists("%s/man%s/%s.%s" % (folder, number, name, number)):
                    yield "%s: names %s(%s), which has no page" % (page, name, number)
            if text.startswith(".so ") and page_text(folder, page[:-2]) is None:
                yield "%s: leads nowhere" % page


# --- HTML ---

class Page(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.targets, self.anchors = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        self.targets += [attributes[k] for k in ("href", "src") if k in attributes]
        self.anchors.update(attributes[k] for k in ("id", "name") if k in attributes)


def check_html_links(folder):
    pages = {name: Page(read(os.path.join(folder, name)))
             for name in sorted(os.listdir(folder)) if name.endswith(".html")}
    for name, page in pages.items():
        for target in page.targets:
            if re.match(r"[a-z]+:", target):
                continue
            path, _, anchor = target.partition("#")
            if path and not os.path.exists(os.path.join(folder, path)):
                yield "%s: a link to %s" % (name, target)
            elif anchor and anchor not in pages[path or name].anchors:
                yield "%s: a link to %s, which has no such place" % (name, target)


def check_shared(reference):
    for file in reference.files:
        for group in model.shared_comments(model.members(file, "function")):
            kinds = {model.text_of(m.find("type")) for m in group}
            yield from check_parameters(reference, group[0].findtext("name"), group)
            if "stls_result" in kinds and len(kinds) > 1:
                yield "%s: its comment is also that of %s" % (
                    group[0].findtext("name"), group[1].findtext("name"))


def complaints():
    reference = model.Reference(os.path.join(OUTPUT, "xml"))
    yield from check_shared(reference)
    yield from check_checked(TREE)
    folder = os.path.join(OUTPUT, "man")
    for name in read(os.path.join(TREE, "lib/sanstls.sym")).split():
        if name not in reference.functions:
            yield "%s: in no header" % name
            continue
        yield from check_comment(reference, name, reference.functions[name])
        yield from check_page(folder, name)
        yield from check_name(folder, name)
        yield from check_example(folder, name)
    yield from check_man_links(folder)
    yield from check_words(folder)
    yield from check_html_links(os.path.join(OUTPUT, "html"))


said = False
for complaint in complaints():
    print(complaint)
    said = True
sys.exit(said)
