"""XML elements: written in order and never empty, read with a note of what was not looked at."""

import re
from collections.abc import Iterator

from lxml import etree

from dunwell.formats.einvoice.findings import EInvoiceError

UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no room for."""

QUIET_ATTRIBUTES = frozenset(
    {
        *("currencyID", "listID", "listAgencyID", "listVersionID", "schemeAgencyID", "languageID"),
        *("listAgencyName", "listName", "schemeName", "schemeAgencyName", "schemeURI", "listURI"),
        *(
            "schemeVersionID",
            "unitCodeListID",
            "unitCodeListAgencyID",
            "format",
            "languageLocaleID",
        ),
        "listSchemeURI",
    }
)
"""Attributes that say which list a code is of; they carry nothing of their own."""

MOST_PLACES = 200
"""Places named as not carried over."""


class Writer:
    """Adds elements of one namespace prefix map below one another; what is empty is left out."""

    def __init__(self, element: etree._Element, spaces: dict[str, str]) -> None:
        self.element, self.spaces = element, spaces

    def group(self, name: str) -> "Writer":
        """Add an element that holds others."""
        return Writer(etree.SubElement(self.element, self._name(name)), self.spaces)

    def add(self, path: str, text: str, **attributes: str) -> None:
        """Add text under a path of new elements, unless it is empty; attributes likewise."""
        if not text:
            return
        parent = self.element
        *above, name = path.split("/")
        for step in above:
            parent = etree.SubElement(parent, self._name(step))
        child = etree.SubElement(parent, self._name(name))
        child.text = written(text)
        for key, value in attributes.items():
            if value:
                child.set(key, written(value))

    def _name(self, name: str) -> str:
        prefix, _, local = name.partition(":")
        return f"{{{self.spaces[prefix]}}}{local}"


def written(text: str) -> str:
    """Return a text without the characters that XML cannot hold."""
    return UNWRITABLE.sub("", text)


class Node:
    """An element by the local names below it; remembers which texts were read."""

    __slots__ = ("element", "seen")

    def __init__(self, element: etree._Element, seen: set[object]) -> None:
        self.element, self.seen = element, seen

    def all(self, path: str) -> "list[Node]":
        """Return all elements at a path of local names."""
        found = [self.element]
        for step in path.split("/"):
            found = [
                child
                for one in found
                for child in one
                if isinstance(child.tag, str) and local_name(child) == step
            ]
        return [Node(one, self.seen) for one in found]

    def one(self, path: str) -> "Node | None":
        """Return the first element at a path of local names."""
        found = self.all(path)
        return found[0] if found else None

    def text(self, path: str = "") -> str:
        """Return the text at a path, without the space around it; empty when there is none."""
        node = self.one(path) if path else self
        return "" if node is None else node.own_text()

    def own_text(self) -> str:
        """Return this element's text, without the space around it, and note that it was read."""
        self.seen.add(self.element)
        return (self.element.text or "").strip()

    def attribute(self, name: str) -> str:
        """Return an attribute, empty when there is none, and note that it was read."""
        self.seen.add((self.element, name))
        return (self.element.get(name) or "").strip()

    def skip(self) -> None:
        """Note that this element and all below it carry nothing of their own."""
        for one in self.element.iter():
            self.seen.add(one)
            self.seen.update((one, name) for name in one.attrib)

    @property
    def where(self) -> str:
        """The path of local names down to this element."""
        return place(self.element)


def unread(root: etree._Element, seen: set[object]) -> tuple[str, ...]:
    """Return the places of texts and attributes that nobody read, each once."""
    return tuple(list(dict.fromkeys(_unread(root, seen)))[:MOST_PLACES])


def _unread(root: etree._Element, seen: set[object]) -> Iterator[str]:
    for one in root.iter():
        if not isinstance(one.tag, str):
            continue
        if (one.text or "").strip() and one not in seen:
            yield place(one)
        for name in one.attrib:
            if name[0] != "{" and name not in QUIET_ATTRIBUTES and (one, name) not in seen:
                yield f"{place(one)}/@{name}"


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def place(element: etree._Element) -> str:
    """Return the path of local names from the root to an element."""
    above = [local_name(one) for one in element.iterancestors()]
    return "/".join([*reversed(above), local_name(element)])


def parsed(data: bytes) -> etree._Element:
    """Return the root of an XML text; raises EInvoiceError when it is none, or has a DOCTYPE.

    No entity is resolved, nothing is fetched, and the parser's own bounds on depth and size stay.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise EInvoiceError(
            f"The XML is damaged: {str(error)[:200]}",
            advice="Ask whoever sent it for the file as it left their system.",
        ) from error
    if root.getroottree().docinfo.doctype:
        raise EInvoiceError(
            "The XML declares a document type (DOCTYPE), which no invoice needs and attacks use",
            advice="Ask whoever sent it for the file without it.",
        )
    return root
