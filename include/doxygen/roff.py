# SPDX-License-Identifier: MIT
"""One manual page: Doxygen's paragraphs and lists as roff."""
import os
import re

from reference import text_of

MANUAL = "libsanstls"


def page_of_header(name):
    return "sanstls" if name == "sanstls.h" else "sanstls_" + name[:-2]


def escaped(text):
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")


def bold(text):
    return "\\fB" + escaped(text) + "\\fR"


def italic(text):
    return "\\fI" + escaped(text) + "\\fR"


class Writer:
    """The lines of one page."""

    def __init__(self, reference, name, section, version):
        self.reference = reference
        self.lines = ['.TH "%s" %d "" "%s %s" "%s"' %
                      (escaped(name).upper() if section == 7 else escaped(name),
                       section, MANUAL, version, "sanstls"),
                      ".nh", ".ad l"]
        self.mentioned = set()
        # Set where the page has the results that a comment points to.
        self.has_all_results = False

    def macro(self, name, text=""):
        self.lines.append(".%s %s" % (name, text) if text else "." + name)

    def heading(self, title, level="SH"):
        self.macro(level, '"%s"' % escaped(title))

    def text(self, roff):
        """One paragraph's text; a sentence begins a line."""
        roff = " ".join(roff.split())
        if self.has_all_results:
            roff = POINTER.sub("", roff).strip()
        for line in re.split(r"(?<=[a-z)][.:;]) (?=[A-Z\\])", roff):
            while line:
                cut = line if len(line) < 90 else line[:line.rfind(" ", 0, 90)]
                if not cut:
                    cut = line.split(" ", 1)[0]
                line = line[len(cut):].lstrip()
                self.lines.append("\\&" + cut if cut[0] in ".'" else cut)

    def inline(self, element):
        out = escaped(element.text or "")
        for child in element:
            if child.tag in BLOCKS:
                break
            out += self.marked(child) + escaped(child.tail or "")
        return out

    def marked(self, child):
        name = text_of(child)
        if child.tag == "ref" and name in self.reference.functions:
            self.mentioned.add(name)
            return bold(name) + "(3)"
        if child.tag == "ref" and name.endswith(".h"):
            return bold(page_of_header(name)) + ("(7)" if name == "sanstls.h" else "(3)")
        if child.tag == "ref" or child.tag == "bold":
            return bold(name)
        if child.tag == "computeroutput":
            return italic(name)
        return self.inline(child)

    def blocks(self, element, lead="PP", next_lead="PP"):
        """The paragraphs and lists of a description, but no results."""
        for para in [element] if element.tag == "para" else element.findall("para"):
            if self.has_inline(para):
                if lead:
                    self.macro(lead)
                self.text(self.inline(para))
                lead = next_lead
            for child in para:
                if child.tag in ("itemizedlist", "orderedlist"):
                    self.items(child)
                    lead = next_lead

    def has_inline(self, para):
        return self.inline(para).strip() != ""

    def items(self, items):
        for number, item in enumerate(items.findall("listitem"), 1):
            mark = "\\(bu" if items.tag == "itemizedlist" else "%d." % number
            self.macro("IP", mark + " 4")
            self.blocks(item, "", "IP")
        self.macro("PP")

    def defined(self, term, *parts, also=()):
        """An item of a list: a term or several, and the paragraphs of `parts`."""
        self.macro("TP")
        self.lines.append(term)
        for other in also:
            self.macro("TQ")
            self.lines.append(other)
        is_empty = True
        for part in parts:
            if part is not None and text_of(part):
                self.blocks(part, "", "IP")
                is_empty = False
        if is_empty:
            self.lines.append("\\&")

    def save(self, folder, name, section):
        path = os.path.join(folder, "man%d" % section)
        os.makedirs(path, exist_ok=True)
        with open(os.path.join(path, "%s.%d" % (name, section)), "w",
                  encoding="utf-8") as page:
            page.write("\n".join(tidy(self.lines)) + "\n")


POINTER = re.compile(r"(Other results|Other failures|Results|Failures) as (every setter of )?"
                     r"\\fBstls_\w+\\fR(\(3\))?\.")
BLOCKS = ("itemizedlist", "orderedlist", "simplesect", "variablelist")


def tidy(lines):
    """Without paragraphs that are empty."""
    out = []
    for line in lines:
        if out and out[-1] == ".PP" and re.match(r"\.(PP|SH|SS|TP|IP)", line):
            out.pop()
        if line == ".PP" and out and re.match(r"\.(SH|SS)", out[-1]):
            continue
        out.append(line)
    while out[-1] == ".PP":
        out.pop()
    return out


def wrapped(head, params):
    """A declaration in lines of at most 72 characters."""
    indent = len(head) if len(head) + max(len(t + n) for t, n in params) < 71 else 4
    lines, width = [bold(head)], len(head)
    for i, (kind, name) in enumerate(params):
        end = ");" if i == len(params) - 1 else ","
        size = len(kind + name + end)
        if width > indent and width + size + 1 > 72:
            lines.append(" " * indent)
            width = indent
        elif i > 0:
            lines[-1] += " "
            width += 1
        lines[-1] += bold(kind) + (italic(name) if name else "") + bold(end)
        width += size
    return lines
