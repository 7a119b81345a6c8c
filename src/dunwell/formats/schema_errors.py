"""Where an XML document breaks its schema (XSD), in words without namespaces.

A schema is read once in a process: reading one costs more than holding a document against it.
"""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock

from lxml import etree

_SPACE = re.compile(r"\{[^{}]*[:/][^{}]*\}")
"""A namespace before a name; the braces of a pattern hold numbers."""
_validating = Lock()


@dataclass(frozen=True, kw_only=True, slots=True)
class SchemaError:
    """One thing that the schema does not allow, its line, and its place as an XPath."""

    text: str
    path: str
    line: int


def schema_errors(root: etree._Element, file: Path, *, most: int) -> tuple[SchemaError, ...]:
    """Return the first things in a document that the schema in a file does not allow."""
    schema = _schema(file)
    with _validating:  # a schema keeps the errors of one validation
        if schema.validate(root):
            return ()
        errors = list(schema.error_log)[:most]
    return tuple(
        SchemaError(text=_SPACE.sub("", error.message), path=error.path or "", line=error.line)
        for error in errors
    )


@cache
def _schema(file: Path) -> etree.XMLSchema:
    return etree.XMLSchema(file=str(file))
