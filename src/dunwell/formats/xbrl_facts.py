"""XBRL instances of unknown origin as plain facts: no document type, no entity, bounded.

Only what a figure needs is kept: facts with their context and unit. Contexts with a dimension
(a segment, a scenario) are passed over, for their figures are parts, not the whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from xml.parsers import expat

from dunwell.formats.financial_figures import StatementFileError

DEEPEST = 40
MOST_ELEMENTS = 500_000
LONGEST_TEXT = 200
"""Characters of a text that are kept; figures, days and units are shorter."""
BLOCK = 1 << 16
INSTANCE = "http://www.xbrl.org/2003/instance"
DIMENSIONS = "http://xbrl.org/2006/xbrldi"
SCHEMA_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
XHTML = "http://www.w3.org/1999/xhtml"


@dataclass(slots=True)
class Context:
    """A period: an instant (`start` is None) or a duration, both days inclusive."""

    start: date | None = None
    end: date | None = None
    has_dimension: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure as told, with the number of its line and its place in the file's order."""

    space: str
    name: str
    context: str
    unit: str
    decimals: str
    text: str
    line: int
    order: int


@dataclass(slots=True)
class Instance:
    """What an instance holds: contexts by id, units (measures) by id, facts in order."""

    contexts: dict[str, Context] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    facts: list[Fact] = field(default_factory=list)


def read_instance(content: bytes, *, name: str) -> Instance:
    """Return the facts of an XBRL instance.

    Raises StatementFileError for damaged XML, any document type or entity, depth or length
    beyond every instance, inline XBRL, and XML that is no instance.
    """
    reader = _Reader(name)
    try:
        reader.feed(content)
    except expat.ExpatError as error:
        raise StatementFileError(
            f"{name}, line {error.lineno}: the XML is damaged or cut off "
            f"({expat.ErrorString(error.code)}). Fetch the file again."
        ) from error
    except (LookupError, UnicodeError, ValueError) as error:
        if isinstance(error, StatementFileError):
            raise
        raise StatementFileError(
            f"{name}: the XML is in an encoding that cannot be read ({error})."
        ) from error
    return reader.instance


class _Reader:
    """Collects contexts, units and facts from expat's events."""

    __slots__ = (
        *("_context", "_fact", "_id", "_name", "_order", "_parser", "_path", "_text", "_unit"),
        "instance",
    )

    def __init__(self, name: str) -> None:
        self._name, self._order = name, 0
        self.instance = Instance()
        self._path: list[str] = []
        self._text = ""
        self._fact: tuple[str, str, Mapping[str, str], int] | None = None
        self._context: Context | None = None
        self._unit: list[str] | None = None
        self._id = ""
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._doctype

    def feed(self, content: bytes) -> None:
        """Read the whole file."""
        for at in range(0, len(content), BLOCK):
            self._parser.Parse(content[at : at + BLOCK], False)  # noqa: FBT003  expat's own order
        self._parser.Parse(b"", True)  # noqa: FBT003

    def _refused(self, reason: str) -> StatementFileError:
        return StatementFileError(f"{self._name}, line {self._parser.CurrentLineNumber}: {reason}")

    def _doctype(self, *_: object) -> None:
        raise self._refused(
            "the file declares a document type or an entity, which no XBRL instance needs. It "
            "was not opened; ask for the file again."
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._order += 1
        if len(self._path) >= DEEPEST or self._order > MOST_ELEMENTS:
            raise self._refused("the file nests deeper or is longer than any XBRL instance.")
        space, _, local = name.rpartition(" ")
        if not self._path:
            self._check_root(space, local)
        self._path.append(local)
        self._text = ""
        if len(self._path) == 2:  # noqa: PLR2004  the children of the root
            self._begin(space, local, attributes)
        elif self._context is not None and (
            space == DIMENSIONS or local in {"segment", "scenario"}
        ):
            self._context.has_dimension = True

    def _check_root(self, space: str, local: str) -> None:
        if space == XHTML:
            raise self._refused(
                "this is inline XBRL, a web page. Give the XBRL instance (.xml or .xbrl) that "
                "was filed with it."
            )
        if (space, local) != (INSTANCE, "xbrl"):
            raise self._refused("this is no XBRL instance: its first element is not xbrl.")

    def _begin(self, space: str, local: str, attributes: Mapping[str, str]) -> None:
        self._id = attributes.get("id", "")
        if space == INSTANCE and local == "context":
            self._context = Context()
        elif space == INSTANCE and local == "unit":
            self._unit = []
        elif {"contextRef", "unitRef"} <= attributes.keys() and not _is_nil(attributes):
            self._fact = (space, local, attributes, self._parser.CurrentLineNumber)

    def _characters(self, text: str) -> None:
        if len(self._text) < LONGEST_TEXT:
            self._text += text[: LONGEST_TEXT - len(self._text)]

    def _end(self, _: str) -> None:
        local, text = self._path.pop(), self._text.strip()
        if self._context is not None:
            self._in_context(local, text)
        elif self._unit is not None:
            if local == "measure":
                self._unit.append(text.rpartition(":")[2].upper())
            elif local == "unit":
                # a unit of two measures is a quotient, such as a price per share
                self.instance.units[self._id] = self._unit[0] if len(self._unit) == 1 else ""
                self._unit = None
        elif self._fact is not None and len(self._path) == 1:
            space, name, told, line = self._fact
            self.instance.facts.append(
                Fact(
                    space=space,
                    name=name,
                    context=told["contextRef"],
                    unit=told["unitRef"],
                    decimals=told.get("decimals", ""),
                    text=text,
                    line=line,
                    order=self._order,
                )
            )
            self._fact = None
        self._text = ""

    def _in_context(self, local: str, text: str) -> None:
        context = self._context
        if context is None:
            return
        if local == "context":
            self.instance.contexts[self._id] = context
            self._context = None
        elif local in {"instant", "endDate"}:
            context.end = self._day(text, is_end=True)
        elif local == "startDate":
            context.start = self._day(text, is_end=False)

    def _day(self, text: str, *, is_end: bool) -> date:
        """Return a day; midnight as the end of a period is the end of the day before."""
        try:
            if "T" not in text:
                return date.fromisoformat(text)
            moment = datetime.fromisoformat(text)
        except ValueError as error:
            raise self._refused(f"{text!r} is no day.") from error
        is_midnight = moment.time() == moment.min.time()
        return moment.date() - timedelta(days=1) if is_end and is_midnight else moment.date()


def _is_nil(attributes: Mapping[str, str]) -> bool:
    return attributes.get(f"{SCHEMA_INSTANCE} nil", "false") in {"true", "1"}
