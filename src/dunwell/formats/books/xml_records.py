"""Large XML of unknown origin, record by record: hardened, bounded, in little memory."""

import io
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from lxml import etree

from dunwell.formats.findings import TableError

HEAD = 1 << 16
MOST_RECORDS = 20_000_000
"""Elements named as records in one file; a year of a large company has a few million lines."""
REMEDY = "Export the audit file again, or send its ledger as CSV or XLSX."


def head_of_source(source: Path | bytes) -> bytes:
    """Return the first bytes of a file or of bytes."""
    if isinstance(source, bytes):
        return source[:HEAD]
    with source.open("rb") as file:
        return file.read(HEAD)


def root_of(head: bytes, *, name: str) -> tuple[str, str]:
    """Return (namespace, local name) of the root element a file's beginning opens.

    Raises TableError for a document type or for what is no XML.
    """
    parser = etree.XMLPullParser(
        events=("start",), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        parser.feed(head)
        for _, element in parser.read_events():
            _refuse_doctype(element, name=name)
            space, _, local = str(element.tag).rpartition("}")
            return space.lstrip("{"), local
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise TableError(f"{name}: the XML is damaged ({str(error)[:150]}). {REMEDY}") from error
    raise TableError(f"{name}: the XML opens no element in its first bytes. {REMEDY}")


def records(
    source: Path | bytes, names: Collection[str], *, name: str
) -> Iterator[etree._Element]:
    """Yield each element with one of the local names when it ends; inner ones come first.

    An element is emptied after it was looked at, and what stands before it is dropped: read all
    that is needed of it at once. Raises TableError for damaged XML, a document type, or more
    records than any ledger has.
    """
    stream: BinaryIO = io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")
    count = 0
    with stream:
        try:
            for _, element in etree.iterparse(
                stream,
                events=("end",),
                tag=[f"{{*}}{one}" for one in names],
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                if not count:
                    _refuse_doctype(element, name=name)
                count += 1
                if count > MOST_RECORDS:
                    raise TableError(f"{name}: has more than {MOST_RECORDS:,} records. Split it.")
                yield element
                _forget(element)
        except (etree.XMLSyntaxError, ValueError, LookupError, OSError) as error:
            if isinstance(error, TableError):
                raise
            raise TableError(
                f"{name}: the XML is damaged or cut off ({str(error)[:150]}). {REMEDY}"
            ) from error


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return _local(element.tag)


@lru_cache(maxsize=1024)
def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def above(element: etree._Element, levels: int = 1) -> str:
    """Return the local name of an element's parent, or of one further up; "" above the root."""
    found: etree._Element | None = element
    for _ in range(levels):
        found = found.getparent() if found is not None else None
    return "" if found is None else local_name(found)


def value(element: etree._Element, *paths: str) -> str:
    """Return the first text at one of the paths of local names, without outer spaces, or ""."""
    for path in paths:
        found: etree._Element | None = element
        for step in path.split("/"):
            found = None if found is None else next(found.iterchildren(f"{{*}}{step}"), None)
        if found is not None and found.text and (text := str(found.text).strip()):
            return text
    return ""


def _refuse_doctype(element: etree._Element, *, name: str) -> None:
    if element.getroottree().docinfo.doctype:
        raise TableError(
            f"{name}: declares a document type (DOCTYPE), which no audit file needs and attacks "
            "use. It was not read. Export it again."
        )


def _forget(element: etree._Element) -> None:
    """Empty an element and drop what stands before it, so that the tree does not grow."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    if parent is None:
        return
    # keep the values of the record around it (its number, its day), drop finished records alone
    while (before := element.getprevious()) is not None and before.tag == element.tag:
        parent.remove(before)
