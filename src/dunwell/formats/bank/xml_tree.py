"""XML of unknown origin as a plain tree: no document type, no entity, bounded depth and size."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from xml.parsers import expat

from dunwell.formats.bank.statement import StatementError

DEEPEST = 60
"""Deepest nesting; a camt message needs about 20."""
MOST_ELEMENTS = 4_000_000
LONGEST_TEXT = 200_000
"""Most characters in one element; the longest text of ISO 20022 has 2,000 or so."""
MOST_ATTRIBUTES = 64
BLOCK = 1 << 16


_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class Node:
    """An element: name without namespace, attributes, own text, children, line in the file."""

    __slots__ = ("attributes", "children", "line", "name", "text")

    def __init__(
        self, name: str, *, attributes: Mapping[str, str] = _NO_ATTRIBUTES, line: int = 0
    ) -> None:
        """Make an element without text and children; both are set while a file is read."""
        self.name = name
        self.attributes = attributes
        self.line = line
        self.text = ""
        self.children: Sequence[Node] = ()

    def add(self, child: "Node") -> None:
        """Add a child; a list only exists where there are children, for trees are large."""
        if isinstance(self.children, list):
            self.children.append(child)
        else:
            self.children = [child]

    def all(self, path: str) -> list["Node"]:
        """Return every element at the end of a path of names, in the order of the file."""
        level = [self]
        for name in path.split("/"):
            level = [child for node in level for child in node.children if child.name == name]
        return level

    def first(self, *paths: str) -> "Node | None":
        """Return the first element found at one of the paths, or None."""
        for path in paths:
            found = _first(self, _steps(path), 0)
            if found is not None:
                return found
        return None

    def value(self, *paths: str) -> str:
        """Return the first text that is not empty at one of the paths, or an empty text."""
        for path in paths:
            if text := _value(self, _steps(path), 0):
                return text
        return ""


@lru_cache(maxsize=1024)
def _steps(path: str) -> tuple[str, ...]:
    return tuple(path.split("/"))


def _first(node: Node, steps: tuple[str, ...], at: int) -> Node | None:
    name, is_last = steps[at], at == len(steps) - 1
    for child in node.children:
        if child.name == name:
            found = child if is_last else _first(child, steps, at + 1)
            if found is not None:
                return found
    return None


def _value(node: Node, steps: tuple[str, ...], at: int) -> str:
    name, is_last = steps[at], at == len(steps) - 1
    for child in node.children:
        if child.name == name:
            text = child.text.strip() if is_last else _value(child, steps, at + 1)
            if text:
                return text
    return ""


class _Builder:
    """Collects a tree from expat's events and hands finished elements named in `taken` away."""

    __slots__ = ("_file", "_handed", "_names", "_parser", "_stack", "_taken", "count", "root")

    def __init__(
        self, file: str, taken: str, handed: Callable[[Node, tuple[Node, ...]], None] | None
    ) -> None:
        self._file, self._taken, self._handed = file, taken, handed
        self._names: dict[str, str] = {}
        self._stack: list[Node] = []
        self.root: Node | None = None
        self.count = 0
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype

    def _refused(self, reason: str) -> StatementError:
        return StatementError(self._file, f"line {self._parser.CurrentLineNumber}", reason)

    def _doctype(self, *_: object) -> None:
        raise self._refused(
            "the file declares a document type or an entity, which no bank file needs. It was "
            "not opened; ask the bank for the file again"
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if len(self._stack) >= DEEPEST or self.count > MOST_ELEMENTS:
            raise self._refused("the file nests deeper or is longer than any bank file")
        if len(attributes) > MOST_ATTRIBUTES:
            raise self._refused(f"an element has more than {MOST_ATTRIBUTES} attributes")
        local = self._names.get(name)
        if local is None:
            local = self._names[name] = name.rpartition(" ")[2]
        line = self._parser.CurrentLineNumber
        self._stack.append(Node(local, attributes=attributes or _NO_ATTRIBUTES, line=line))

    def _end(self, _: str) -> None:
        node = self._stack.pop()
        if self._handed is not None and node.name == self._taken:
            self._handed(node, tuple(self._stack))
        elif self._stack:
            self._stack[-1].add(node)
        else:
            self.root = node

    def _text(self, text: str) -> None:
        if not self._stack:
            return
        node = self._stack[-1]
        if not node.text and text.isspace():
            return
        node.text += text
        if len(node.text) > LONGEST_TEXT:
            raise self._refused(f"an element has more than {LONGEST_TEXT} characters of text")

    def feed(self, content: bytes) -> None:
        for at in range(0, len(content), BLOCK):
            self._parser.Parse(content[at : at + BLOCK], False)  # noqa: FBT003  expat's own order
        self._parser.Parse(b"", True)  # noqa: FBT003


def read_xml(
    content: bytes,
    name: str,
    *,
    taken: str = "",
    handed: Callable[[Node, tuple[Node, ...]], None] | None = None,
) -> Node:
    """Return the root of an XML file.

    Elements named `taken` are given to `handed(node, ancestors)` when they end and are not kept,
    so that a long statement does not fill the memory. Raises StatementError for damaged XML, any
    document type or entity, and for depth or length beyond every bank file.
    """
    builder = _Builder(name, taken, handed)
    try:
        builder.feed(content)
    except expat.ExpatError as error:
        raise StatementError(
            name,
            f"line {error.lineno}, column {error.offset + 1}",
            f"the XML is damaged or cut off ({expat.ErrorString(error.code)}). Fetch the file "
            "from the bank again",
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, StatementError):
            raise
        raise StatementError(
            name, "line 1", f"the XML is in an encoding that cannot be read ({error})"
        ) from error
    if builder.root is None:
        raise StatementError(name, "line 1", "the XML holds no element. Fetch the file again")
    return builder.root
