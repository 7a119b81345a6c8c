"""`{% translate %}` of Django's library `i18n`, with each text looked up once per language.

A list of fifty rows says the same dozen words in each of them, and looking a word up in the
catalogs costs several times what writing it does. It is put into Django's own library, which
every template loads: settings name this module among those read before any template.
"""

from typing import Any

from django.template import Context, Library
from django.template.base import Parser, Token
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
"""Nothing of its own: what is here stands in the library `i18n`."""


class KnownTextNode(i18n.TranslateNode):
    """`{% translate "text" %}`: a text that stands in the template, as each language has it."""

    def __init__(self, node: i18n.TranslateNode) -> None:
        """Take over what the tag was read as."""
        self.__dict__.update(node.__dict__)
        self.texts: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        """Return the text in the active language."""
        language = get_language()
        text = self.texts.get(language)
        if text is None:
            text = self.texts[language] = super().render(context)
        return text


def translate(parser: Parser, token: Token) -> i18n.TranslateNode:
    """Read the tag as Django does; what is no text of the template itself stays Django's."""
    node: Any = i18n.do_translate(parser, token)
    told = node.filter_expression
    is_text = isinstance(getattr(told.var, "literal", None), str) and not told.filters
    if is_text and node.asvar is None and node.message_context is None and not node.noop:
        return KnownTextNode(node)
    return node  # type: ignore[no-any-return]


i18n.register.tags.update({"translate": translate, "trans": translate})
