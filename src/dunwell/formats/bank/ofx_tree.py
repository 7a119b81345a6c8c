"""OFX as a plain tree: 1.x (SGML, tags left open) and 2.x (XML) by one tolerant reader."""

import re
from html import unescape

from dunwell.formats.bank.statement import StatementError
from dunwell.formats.bank.xml_tree import Node

DEEPEST = 40
MOST_ELEMENTS = 4_000_000
LONGEST_VALUE = 100_000
_TOKEN = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9._-]*)[^<>]*?(/?)>")
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d{1,7}|#x[0-9A-Fa-f]{1,6});")
_REFUSED = re.compile(r"<!(?:DOCTYPE|ENTITY|ELEMENT|ATTLIST)", re.IGNORECASE)


def ofx_tree(text: str, name: str) -> Node:
    """Return the OFX element of a file.

    A tag with a value ends with its value, whether or not the file closes it; one without is an
    aggregate where a later tag closes it, and an empty value otherwise. Raises StatementError.
    """
    if _REFUSED.search(text):
        raise StatementError(
            name,
            "whole file",
            "the file declares a document type or an entity, which no bank file needs. It was "
            "not opened; ask the bank for the file again",
        )
    text = _COMMENT.sub(" ", text)
    held = _CDATA.findall(text)
    text = _CDATA.sub(lambda match: _escaped(match[1]), text) if held else text
    start = re.search(r"<OFX\s*>", text, re.IGNORECASE)
    if not start:
        raise StatementError(name, "whole file", "the file holds no OFX element. Export it again")
    closed = frozenset(found.upper() for found in re.findall(r"</([A-Za-z][\w.-]*)\s*>", text))
    return _Reader(name, text, closed).read(start.start())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class _Reader:
    """Builds the tree from tags; `closed` are the names that are closed anywhere in the file."""

    def __init__(self, name: str, text: str, closed: frozenset[str]) -> None:
        self.name, self.text, self.closed = name, text, closed
        self.stack: list[Node] = []
        self.names: list[str] = []
        self.count = 0
        self._line, self._line_at = 1, 0

    def read(self, start: int) -> Node:
        """Return the first element that begins at `start`."""
        root = Node("")
        self.stack, self.names = [root], [""]
        tokens = _TOKEN.finditer(self.text, start)
        token = next(tokens, None)
        while token:
            following = next(tokens, None)
            end = following.start() if following else len(self.text)
            value = self.text[token.end() : end]
            name = token[2].upper()
            if token[1]:
                self._close(name)
            else:
                self._open(name, value.strip(), token, is_empty=bool(token[3]))
            token = following
            if len(self.stack) == 1 and root.children:
                break
        return root.children[0]

    def _open(self, name: str, value: str, token: re.Match[str], *, is_empty: bool) -> None:
        self.count += 1
        if len(self.stack) > DEEPEST or self.count > MOST_ELEMENTS or len(value) > LONGEST_VALUE:
            raise StatementError(
                self.name,
                f"line {self._line_of(token.start())}",
                "the file nests deeper or is longer than any bank file",
            )
        node = Node(name, line=self._line_of(token.start()))
        self.stack[-1].add(node)
        if value:
            node.text = _ENTITY.sub(lambda match: unescape(match[0]), value)
        elif name in self.closed and not is_empty:
            self.stack.append(node)
            self.names.append(name)

    def _close(self, name: str) -> None:
        """Close the innermost element of this name; a tag that opened none is left out."""
        for depth in range(len(self.names) - 1, 0, -1):
            if self.names[depth] == name:
                del self.stack[depth:], self.names[depth:]
                return

    def _line_of(self, at: int) -> int:
        """Return the line of a position; positions only grow, so lines are counted once."""
        self._line += self.text.count("\n", self._line_at, at)
        self._line_at = at
        return self._line
