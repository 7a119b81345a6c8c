"""Texts of templates are looked up once per language, and read as Django's own tag has them."""

import pytest
from django.template import Context, Template
from django.templatetags import i18n
from django.utils import translation

from dunwell.templatetags.known_texts import KnownTextNode

TEXT = (
    '{% load i18n %}{% translate "Items" %} {% trans \'Amount\' %} {% translate "Items" as x %}'
    '{{ x }} {% translate given %} {% translate "Items"|lower %} {% translate "Items" noop %}'
)


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("de", "Posten Betrag Posten Betrag posten Items"),
        ("en", "Items Amount Items Amount items Items"),
    ],
)
def test_a_template_reads_in_the_language_of_each_reader(language, told):
    page = Template(TEXT)
    for first in (language, "en", "de"):  # whoever asked before
        with translation.override(first):
            page.render(Context({"given": "Amount"}))

    with translation.override(language):
        assert page.render(Context({"given": "Amount"})) == told


def test_only_texts_of_the_template_itself_are_kept():
    nodes = Template(TEXT).nodelist.get_nodes_by_type(i18n.TranslateNode)

    assert [type(node) is KnownTextNode for node in nodes] == [True, True, *[False] * 4]
