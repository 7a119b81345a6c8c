"""Parts of pages that are written once for the same values: rows of lists that many look at.

A part sees nothing but what it is told, so that what it is told, the language and the time zone
are all that its text can depend on.
"""

import pickle
import threading
from collections import OrderedDict
from collections.abc import Mapping
from itertools import count

from django import template
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.urls import get_script_prefix
from django.utils import timezone, translation

register = template.Library()

MOST_PARTS = 4_000
"""So many parts are kept by a process; a row of a list is about two kilobytes."""
LONGEST = 20_000
"""Characters of the longest part that is kept."""

_places = count()
"""Numbers of the parts as their templates are read, for a template may hold several."""
_parts: OrderedDict[bytes, str] = OrderedDict()
_guard = threading.Lock()


class KeptNode(template.Node):
    """Writes what it holds with the told values alone, once for the same ones."""

    def __init__(self, told: Mapping[str, FilterExpression], nodelist: NodeList) -> None:
        self.told, self.nodelist = told, nodelist
        self.place = next(_places)

    def render(self, context: Context) -> str:
        """Return the part as it was written for equal values, else write it."""
        values = {name: one.resolve(context) for name, one in self.told.items()}
        key = self._key(context, values)
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

    def _key(self, context: Context, values: Mapping[str, object]) -> bytes:
        """Return all that the part depends on; equal bytes are equal in every digit and type."""
        around = (
            translation.get_language(), timezone.get_current_timezone_name(), get_script_prefix(),
        )  # fmt: skip
        return pickle.dumps((self.place, context.autoescape, around, values))


@register.tag
def kept(parser: Parser, token: Token) -> KeptNode:
    """Write what stands up to `endkept` once for the same values: `{% kept row=row on=as_of %}`.

    Only these names are known within; values are rows, numbers, texts and days. What a tag within
    takes from the request has to be told as a value.
    """
    bits = token.split_contents()[1:]
    told = token_kwargs(bits, parser)
    if not told or bits:
        raise template.TemplateSyntaxError("kept is told values by name, and nothing else.")
    nodelist = parser.parse(("endkept",))
    parser.delete_first_token()
    return KeptNode(told, nodelist)
