"""An invoice as it was issued, as JSON: the same document gives the same bytes, and back."""

import base64
import json
import types
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Union, get_args, get_origin, get_type_hints

from dunwell.engine.invoice_document import InvoiceDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedPaper:
    """What was issued: the document, its language, the format asked for, and its plain words.

    `wire` is a format of `CustomerInvoicing`; `small_print` stands at the end of the page.
    """

    document: InvoiceDocument
    language: str
    wire: str
    small_print: str = ""


class PaperError(ValueError):
    """The kept bytes are no issued invoice of ours."""


def write_paper(paper: IssuedPaper) -> bytes:
    """Return the canonical JSON of an issued invoice in UTF-8; defaults left out."""
    plain = _plain(paper)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def read_paper(data: bytes) -> IssuedPaper:
    """Return what `write_paper` wrote; raise PaperError for anything else."""
    try:
        found = _built(IssuedPaper, json.loads(data))
    except (ValueError, TypeError, KeyError) as error:
        raise PaperError("The kept document of this invoice cannot be read.") from error
    if not isinstance(found, IssuedPaper):
        raise PaperError("The kept document of this invoice cannot be read.")
    return found


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {
            one.name: _plain(getattr(value, one.name))
            for one in fields(value)
            if one.default is MISSING or getattr(value, one.name) != one.default
        }
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    return value


def _built(kind: Any, value: Any) -> Any:  # noqa: PLR0911 -- one return per kind
    """Return the value of a type of the document from its plain form."""
    if get_origin(kind) in (Union, types.UnionType):
        if value is None:
            return None
        return _built(next(one for one in get_args(kind) if one is not type(None)), value)
    if get_origin(kind) is tuple:
        inner = get_args(kind)
        kinds = [inner[0]] * len(value) if inner[-1] is Ellipsis else inner
        return tuple(_built(one, part) for one, part in zip(kinds, value, strict=True))
    if is_dataclass(kind) and isinstance(kind, type):
        hints = get_type_hints(kind)
        if not isinstance(value, Mapping):
            raise PaperError("The kept document of this invoice cannot be read.")
        return kind(**{name: _built(hints[name], part) for name, part in value.items()})
    if kind is date:
        return date.fromisoformat(value)
    if kind is bytes:
        return base64.b64decode(value)
    return value
