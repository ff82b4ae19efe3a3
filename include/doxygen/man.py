#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""man.py XML MAN: writes manual pages from Doxygen's XML.

Doxygen's own man pages are one for a header, with everything in it twice and no
prototype at the top. Here each comment has a page of its own with the prototypes it
is about (the other functions of that comment are links to it), each header has one
with its types, and sanstls(7) has the concepts, which are comments of headers, too,
and README.md's table of tasks. make install replaces {docdir} and {htmldir}.
"""
import os
import re
import sys

from reference import (Reference, about_text, all_results, members, results_of,
                       shared_comments, text_of)
from roff import Writer, bold, escaped, italic, wrapped
from sources import example, tasks

TREE = os.environ["STLS_SRCDIR"]

# --- parts of pages ---

def include_line(page, file):
    page.heading("SYNOPSIS")
    page.macro("nf")
    page.lines.append(bold("#include <sanstls/%s>" % file.findtext("compoundname")))


def prototype(function):
    head = text_of(function.find("type"))
    head += ("" if head.endswith("*") else " ") + function.findtext("name") + "("
    return wrapped(head, [declared(p) for p in function.findall("param")] or
                   [("void", "")])


def declared(param):
    kind = text_of(param.find("type"))
    name = param.findtext("declname") or ""
    return kind + ("" if kind.endswith("*") or not name else " "), name


def summary(member, is_whole=False):
    """The first sentence for a list of pages, up to a colon or semicolon unless
    `is_whole`: no remarks in parentheses, no stop. O(1) is no remark."""
    text = text_of(member.find("briefdescription"))
    text = re.sub(r" \(([^()]|\([^()]*\))*\)", "", text)
    text = re.sub(r"^(Server|Client)( only)?: ", "", text)
    text = re.split(r"[.:]$" if is_whole else r"[:;] |[.:]$", text)[0]
    if re.match(r"[A-Z][a-z]*[ ,]", text):
        text = text[0].lower() + text[1:]
    return text


def write_results(page, member):
    items = all_results(page.reference, member)
    notes = [s for s in member.iter("simplesect") if s.get("kind") == "par"
             and s.find(".//variablelist") is None]
    if not items:
        return
    page.heading("RETURN VALUE")
    items.sort(key=lambda item: text_of(item[0]) != "STLS_OK")
    for term, texts in items:
        page.defined(page.inline(term).strip(),
                     *(para for text in texts for para in text.findall("para")))
    for note in notes:
        for para in note.findall("para"):
            page.blocks(para, "PP")


def constants_of(reference, functions):
    """The enums that the prototypes have, or the first sentence names."""
    names = {text_of(c) for f in functions for c in f.iter("type")}
    for function in functions:
        names.update(text_of(c) for c in function.find("briefdescription").iter("ref"))
    return [member for name, member in sorted(reference.types.items())
            if name in names and member.get("kind") == "enum" and name != "stls_result" and
            len(member.findall("enumvalue")) <= MOST_CONSTANTS]


# Longer lists are in the manual page of the header alone.
MOST_CONSTANTS = 12


def write_constants(page, functions):
    enums = constants_of(page.reference, functions)
    if enums:
        page.heading("CONSTANTS")
    for member in enums:
        page.heading(member.findtext("name"), "SS")
        write_items(page, member.findall("enumvalue"), valued)


def write_example(page, name):
    found = example(TREE, name)
    if found is None:
        return
    page.heading("EXAMPLE")
    page.text("From %s, which is installed with the library (FILES in %s(7)):" %
              (italic("guide/" + found[0]), bold("sanstls")))
    page.macro("PP")
    page.macro("nf")
    page.lines += ["\\&" + escaped(line) for line in found[1].split("\n")]
    page.macro("fi")


def write_see_also(page, name, others):
    page.heading("SEE ALSO")
    names = sorted((page.mentioned | set(others)) - {name})
    links = ["%s (3)" % escaped(n) for n in names]
    links += ["sanstls (7)"] if name != "sanstls" else []
    for link in links[:-1]:
        page.macro("BR", link + ",")
    page.macro("BR", links[-1])


def write_function(reference, folder, file, functions, version):
    first = functions[0].findtext("name")
    page = Writer(reference, first, 3, version)
    page.has_all_results = True
    page.heading("NAME")
    page.lines.append("%s \\- %s" % (", ".join(escaped(f.findtext("name"))
                                               for f in functions),
                                     escaped(summary(functions[0]))))
    include_line(page, file)
    for function in functions:
        page.lines.append("")
        page.lines += prototype(function)
    page.macro("fi")
    page.heading("DESCRIPTION")
    page.blocks(functions[0].find("briefdescription"))
    page.blocks(functions[0].find("detaileddescription"), "")
    write_results(page, functions[0])
    write_constants(page, functions)
    write_example(page, first)
    for function in functions:
        page.mentioned.discard(function.findtext("name"))
    write_see_also(page, first, [page_of(file)])
    page.save(folder, first, 3)
    for function in functions[1:]:
        link(folder, function.findtext("name"), first)


def link(folder, name, target):
    with open(os.path.join(folder, "man3", name + ".3"), "w", encoding="utf-8") as page:
        page.write(".so man3/%s.3\n" % target)


def page_of(file):
    return "sanstls_" + file.findtext("compoundname").replace(".h", "")


# --- pages of headers ---

def write_items(page, items, term):
    """Enumerators and the like: one with a comment has it below, the others are lines."""
    for group in shared_comments(items):
        terms = [term(item) for item in group]
        if about_text(group[0]):
            page.defined(terms[0], group[0].find("briefdescription"),
                         group[0].find("detaileddescription"), also=terms[1:])
        else:
            page.macro("PP")
            page.macro("nf")
            page.lines += terms
            page.macro("fi")


def valued(item):
    return "%s %s" % (bold(item.findtext("name")),
                      escaped(text_of(item.find("initializer"))))


def field(item):
    kind = text_of(item.find("type"))
    return (bold(kind + ("" if kind.endswith("*") else " ")) +
            italic(item.findtext("name")) + bold(item.findtext("argsstring") or ""))


def write_type(page, member):
    name = member.findtext("name") or member.findtext("compoundname")
    page.heading(name, "SS")
    page.blocks(member.find("briefdescription"))
    page.blocks(member.find("detaileddescription"), "")
    for term, text in results_of(member):
        page.defined(page.inline(term).strip(), *text.findall("para"))
    if member.get("kind") == "enum":
        write_items(page, member.findall("enumvalue"), valued)
    elif member.get("kind") == "struct":
        write_items(page, members(member, "variable"), field)
    elif text_of(member.find("argsstring")):
        page.macro("PP")
        page.macro("nf")
        page.lines += callback(member)
        page.macro("fi")


def callback(member):
    kind, args = text_of(member.find("type")), member.findtext("argsstring")
    args = args[args.index(")(") + 2:-1].split(", ")
    head = kind + member.findtext("name") + ")("
    params = [re.match(r"(.*[ *])(\w+)$", arg).groups() for arg in args]
    return wrapped(head, params)


def write_macros(page, macros):
    if macros:
        page.heading("CONSTANTS")
        write_items(page, macros, valued)


def types_of(reference, file):
    """Its types, in the order of the header."""
    found = members(file, "typedef", "enum")
    names = {text_of(m.find("name")) for m in found}
    found += [reference.structs[text_of(c)] for c in file.findall("innerclass")
              if text_of(c) in reference.structs and text_of(c) not in names]
    return sorted(found, key=lambda m: int(m.find("location").get("line")))


def write_list(page, file, groups):
    """The functions with their summaries, under the header's titles."""
    titles = {m.findtext("name"): s.findtext("header")
              for s in file.findall("sectiondef") for m in s.findall("memberdef")}
    last = None
    for functions in groups:
        title = titles[functions[0].findtext("name")]
        if title and title != last:
            page.heading(title, "SS")
        last = title
        page.macro("TP")
        page.lines.append(", ".join("%s(3)" % bold(f.findtext("name"))
                                    for f in functions))
        text = summary(functions[0])
        page.text(escaped(text[:1].upper() + text[1:]) + ".")


def write_header(reference, folder, file, groups, version):
    name = page_of(file)
    page = Writer(reference, name, 3, version)
    page.heading("NAME")
    page.lines.append("%s \\- %s" % (escaped(name), escaped(summary(file, True))))
    include_line(page, file)
    page.macro("fi")
    page.heading("DESCRIPTION")
    page.blocks(file.find("briefdescription"))
    page.blocks(file.find("detaileddescription"))
    if groups:
        page.heading("FUNCTIONS")
        write_list(page, file, groups)
    types = types_of(reference, file)
    if types:
        page.heading("TYPES")
    for member in types:
        write_type(page, member)
    write_macros(page, members(file, "define"))
    write_see_also(page, name, [])
    page.save(folder, name, 3)
    for member in types:
        type_name = member.findtext("name") or member.findtext("compoundname")
        if type_name not in reference.functions:
            link(folder, type_name, name)


# --- sanstls(7) ---

CONCEPTS = (("THE LOOP", "stls_object"), ("RESULTS", "stls_result"),
            ("ERRORS", "stls_error"), ("QUEUES", "stls_bio"),
            ("CONTEXTS", "stls_context"))


# What is installed beside the manual pages.
FILES = (("{docdir}/README.md", "The guide: how programs use the library, step by step."),
         ("{docdir}/guide", "The programs of the guide."),
         ("{docdir}/ERRORS.md", "Messages, with their causes and remedies."),
         ("{docdir}/examples", "Whole programs in one file each, for several event "
          "loops, and a Makefile."),
         ("{docdir}/project", "Build files for CMake and Meson, and lines for cc."),
         ("{htmldir}/index.html", "This reference as HTML, if it was made."))


def write_tasks(page):
    rows = tasks(TREE)
    if rows:
        page.heading("TASKS")
    for task, calls in rows:
        page.macro("TP")
        page.lines.append(unmarked(task[0].upper() + task[1:]))
        page.text(unmarked(calls))


def unmarked(text):
    """Markdown's text as roff, with references."""
    text = re.sub(r"`(stls_\w+)`", lambda m: bold(m.group(1)) + "(3)", escaped(text))
    return re.sub(r"`([^`]+)`", r"\\fI\1\\fR", text)


def write_concepts(reference, folder, version):
    page = Writer(reference, "sanstls", 7, version)
    page.heading("NAME")
    page.lines.append("sanstls \\- TLS as a state machine without I/O")
    include_line(page, reference.file("sanstls.h"))
    page.lines += ["", bold("cc program.c $(pkg-config --cflags --libs sanstls)")]
    page.macro("fi")
    page.heading("DESCRIPTION")
    page.blocks(reference.file("sanstls.h").find("detaileddescription"))
    for title, name in CONCEPTS:
        member = reference.types.get(name)
        if member is None:
            continue
        page.heading(title)
        page.blocks(member.find("briefdescription"))
        page.blocks(member.find("detaileddescription"), "")
        for term, text in results_of(member):
            page.defined(page.inline(term).strip(), *text.findall("para"))
        if member.get("kind") == "enum":
            write_items(page, member.findall("enumvalue"), valued)
    write_tasks(page)
    page.heading("HEADERS")
    for file in reference.files:
        page.defined(bold(page_of(file)) + "(3)", file.find("briefdescription"))
    page.heading("FILES")
    for path, job in FILES:
        page.macro("TP")
        page.lines.append(italic(path))
        page.text(job)
    write_see_also(page, "sanstls", [page_of(f) for f in reference.files])
    page.save(folder, "sanstls", 7)


def main(folder, output):
    reference = Reference(folder)
    version = os.environ["STLS_VERSION"]
    for file in reference.files:
        groups = shared_comments(members(file, "function"))
        for functions in groups:
            write_function(reference, output, file, functions, version)
        write_header(reference, output, file, groups, version)
    write_concepts(reference, output, version)


if __name__ == "__main__":
    main(*sys.argv[1:])
