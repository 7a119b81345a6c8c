"""Parts of pages that are written once for the same values: rows of lists that many look at.

A part sees nothing but what it is told, so that what it is told, the language and the time zone
are all that its text can depend on.
"""

import threading
from collections import OrderedDict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date, time
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.urls import get_script_prefix
from django.utils import timezone, translation
from django.utils.functional import Promise

register = template.Library()

MOST_PARTS = 4_000
"""So many parts are kept by a process; a row of a list is about two kilobytes."""
LONGEST = 20_000
"""Characters of the longest part that is kept."""

_PLAIN = frozenset({str, int, type(None)})
_EXACT = (str, bool, float, Decimal, date, time, Promise, UUID)
"""Whose text says all of them, beside the type: moments say their zone, marked texts stay so."""
_places = count()
"""Numbers of the parts as their templates are read, for a template may hold several."""
_parts: OrderedDict[Hashable, str] = OrderedDict()
_guard = threading.Lock()


def told(value: object) -> Hashable:
    """Return all that a value tells a page, as what is equal only where its text is.

    A yes is not 1, and a moment of another zone another text. Raises TypeError for what nobody
    knows all of, as a record with what hangs on it.
    """
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, _EXACT):
        return (kind, str(value))
    if isinstance(value, Mapping):
        return (kind, *((told(name), told(one)) for name, one in value.items()))
    if isinstance(value, Sequence):
        return (kind, *map(told, value))
    return (kind, *(told(getattr(value, name)) for name in _fields(kind)))


@lru_cache(maxsize=512)
def _fields(kind: type) -> tuple[str, ...]:
    if is_dataclass(kind):
        return tuple(field.name for field in fields(kind))
    raise TypeError(
        f"A part of a page cannot be told this {kind.__name__}: nobody knows all of it."
    )


class KeptNode(template.Node):
    """Writes what it holds with the told values alone, once for the same ones."""

    def __init__(self, values: Mapping[str, FilterExpression], nodelist: NodeList) -> None:
        self.values, self.nodelist = values, nodelist
        self.place = next(_places)

    def render(self, context: Context) -> str:
        """Return the part as it was written for equal values, else write it.

        Of values that nobody knows all of it is written anew each time.
        """
        values = {name: one.resolve(context) for name, one in self.values.items()}
        try:
            key = self._key(context, values)
        except TypeError:
            return self.nodelist.render(context.new(values))
        with _guard:
            found = _parts.get(key)
            if found is not None:
                _parts.move_to_end(key)
                return found
        written = self.nodelist.render(context.new(values))
        if len(written) <= LONGEST:
            with _guard:
                _parts[key] = written
                while len(_parts) > MOST_PARTS:
                    _parts.popitem(last=False)
        return written

    def _key(self, context: Context, values: Mapping[str, object]) -> Hashable:
        """Return all that the part depends on; equal keys are equal in every digit and type."""
        around = (
            translation.get_language(), timezone.get_current_timezone_name(), get_script_prefix(),
        )  # fmt: skip
        return (self.place, context.autoescape, around, *map(told, values.values()))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Write what stands up to `endkept` once for the same values: `{% kept row=row on=as_of %}`.

    Only these names are known within; values are rows, numbers, texts and days. What a tag within
    takes from the request has to be told as a value.
    """
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if not values or bits:
        raise template.TemplateSyntaxError("kept is told values by name, and nothing else.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(values, nodelist)
