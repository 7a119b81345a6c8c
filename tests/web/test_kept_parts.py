"""Parts of pages that are written once say what they would say written anew."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template, TemplateSyntaxError, Variable
from django.template.base import FilterExpression, Node
from django.template.defaulttags import ForNode
from django.template.loader import get_template
from django.template.smartif import TokenBase
from django.utils import timezone, translation
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

import dunwell
from dunwell.queries.paid import PaidItemRow
from dunwell.templatetags import kept as kept_parts
from dunwell.templatetags.dates import moment
from dunwell.templatetags.kept import KeptNode

ROW = PaidItemRow(
    item_id=7, number="R7", due_on=date(2026, 3, 1), paid_on=date(2026, 3, 5), days_late=4
)


@pytest.fixture(autouse=True)
def _nothing_kept(monkeypatch):
    monkeypatch.setattr(kept_parts, "_parts", type(kept_parts._parts)())


def template(text):
    return Template("{% load i18n kept %}" + text)


def test_equal_rows_are_written_once_and_others_anew():
    """By what they hold, not by which object they are; a digit or a type is another row."""
    page, seen = (
        template("{% kept row=row %}{{ row.number }}{{ row.days_late }};{% endkept %}"),
        [],
    )

    def written(row):
        return page.render(Context({"row": row}))

    assert written(ROW) == "R74;"
    for days in (4, 5, True, 1, "4", 4):
        row = PaidItemRow(
            item_id=7, number="R7", due_on=ROW.due_on, paid_on=ROW.paid_on, days_late=days
        )
        seen.append(written(row))
    assert seen == ["R74;", "R75;", "R7True;", "R71;", "R74;", "R74;"]
    assert len(kept_parts._parts) == 5


def test_a_part_knows_only_what_it_is_told():
    """What it is not told it cannot say, so that it cannot differ unnoticed."""
    page = template(
        "{% kept row=row who=user.name %}{{ row }} {{ who }} {{ user.name }}|{% endkept %}"
    )
    for name in ("Ann", "Ben"):
        assert page.render(Context({"row": 1, "user": {"name": name}})) == f"1 {name} |"


def test_language_and_zone_are_part_of_what_it_depends_on():
    """As the same row is read in another language or hour."""
    page = template(
        "{% kept at=at %}{% translate 'Open items' %} {{ at|date:'H:i' }}{% endkept %}"
    )
    at, told = Context({"at": datetime(2026, 3, 5, 9, tzinfo=UTC)}), set()
    for language in ("en", "de"):
        for zone in ("UTC", "Asia/Kolkata"):
            with translation.override(language), timezone.override(ZoneInfo(zone)):
                told |= {page.render(at), page.render(at)}
    assert told == {
        "Open items 09:00", "Open items 14:30", "Offene Posten 09:00", "Offene Posten 14:30",
    }  # fmt: skip


def test_what_is_kept_is_safe_and_bounded(monkeypatch):
    """Text is escaped as anywhere; the oldest part goes, and a very long one is not kept."""
    monkeypatch.setattr(kept_parts, "MOST_PARTS", 2)
    monkeypatch.setattr(kept_parts, "LONGEST", 20)
    page = template("{% kept name=name %}<b>{{ name }}</b>{% endkept %}")
    for name in ("<i>", "b", "c", "a" * 20, "b"):
        text = name.replace("<", "&lt;").replace(">", "&gt;")
        assert page.render(Context({"name": name})) == f"<b>{text}</b>"
    assert sorted(kept_parts._parts.values()) == ["<b>b</b>", "<b>c</b>"]


def test_what_looks_equal_is_told_apart_and_what_nobody_knows_is_not_kept(customer):
    """A safe text and one that is not, a moment in two zones, a yes and a one; no record."""
    page = template("{% kept name=name %}{{ name }}{% endkept %}")
    for name in ("A & B", mark_safe("A & B"), "C"):
        seen = {page.render(Context({"name": name})) for _ in range(2)}
        assert seen == {Template("{{ name }}").render(Context({"name": name}))}
    at = datetime(2026, 3, 5, 9, tzinfo=UTC)
    assert kept_parts.told(at) != kept_parts.told(at.astimezone(ZoneInfo("Asia/Kolkata")))
    assert kept_parts.told([Decimal("1.0")]) != kept_parts.told([Decimal("1.00")])
    assert kept_parts.told({"a": 1}) != kept_parts.told({"a": True})
    for unknown in (customer, object(), {1, 2}):
        kept_before = dict(kept_parts._parts)
        assert page.render(Context({"name": unknown})) == conditional_escape(str(unknown))
        assert kept_parts._parts == kept_before
        with pytest.raises(TypeError, match="nobody knows all of it"):
            kept_parts.told(unknown)


def test_two_parts_of_a_template_are_two():
    """Though they are told the same by the same names."""
    page = template(
        "{% kept n=n %}one {{ n }}{% endkept %}, {% kept n=n %}two {{ n }}{% endkept %}"
    )
    for _ in range(2):
        assert page.render(Context({"n": 3})) == "one 3, two 3"


@pytest.mark.parametrize("tag", ["kept", "kept row", "kept row=row more"])
def test_a_part_that_is_told_nothing_by_name_is_refused(tag):
    """When the template is read, not when somebody looks at the page."""
    with pytest.raises(TemplateSyntaxError, match="told values by name"):
        template("{% " + tag + " %}{% endkept %}")


def parts_of_pages():
    """Every part that a template of the product keeps, by template."""
    folder = Path(dunwell.__file__).parent / "templates"
    for path in sorted(folder.rglob("*.html")):
        if "{% kept " in path.read_text():
            name = str(path.relative_to(folder))
            for node in get_template(name).template.nodelist.get_nodes_by_type(KeptNode):
                yield name, node


def said(node):
    """Names that a tag defines for what stands after it."""
    told = (getattr(node, attribute, None) for attribute in ("asvar", "target_var"))
    return {name for name in told if name}


def names(thing, defined):
    """Names that a node and what it holds look up, but for those it defines itself.

    What a tag takes from the context by itself stands in no template.
    """
    parts, found = (), set()
    if isinstance(thing, FilterExpression):
        arguments = (one for _, given in thing.filters for is_known, one in given if is_known)
        parts = (thing.var, *arguments)
    elif isinstance(thing, Variable):
        found = {thing.lookups[0]} if thing.lookups else set()
    elif isinstance(thing, Node):
        loop = {"forloop", *thing.loopvars} if isinstance(thing, ForNode) else set()
        defined = defined | set(getattr(thing, "extra_context", ())) | loop | said(thing)
        parts = tuple(vars(thing).values())
        if getattr(thing, "takes_context", False):
            found = {"zone"} if thing.func is moment else {"request"}
    elif isinstance(thing, TokenBase):
        parts = (getattr(thing, "value", None), thing.first, thing.second)
    elif isinstance(thing, dict):
        parts = tuple(thing.values())
    elif isinstance(thing, list | tuple):
        parts = tuple(thing)
    for one in parts:
        found |= names(one, defined)
        defined = defined | said(one)
    return found - defined


def test_every_part_of_a_page_is_told_all_that_it_looks_up():
    """What it looked up beyond would be empty on every page, without an error."""
    found = list(parts_of_pages())
    assert len(found) >= 8
    for name, node in found:
        assert names(node.nodelist, {"True", "False", "None"}) <= set(node.values), name


def test_a_part_that_looks_up_more_is_found():
    """The test above can fail, wherever the name stands."""
    for text in (
        "{{ row.number }}{{ other }}", "{% if row and other.name %}x{% endif %}",
        "{{ row|add:other }}", "{% with one=other %}{{ one }}{% endwith %}",
        "{% for one in other %}{{ one }}{% endfor %}", "{% url 'item' other %}",
        "{% blocktranslate with name=other %}{{ name }}{% endblocktranslate %}",
        "{% if not other == 3 %}x{% endif %}",
    ):  # fmt: skip
        page = template("{% kept row=row %}" + text + "{% endkept %}")
        (node,) = page.nodelist.get_nodes_by_type(KeptNode)
        assert names(node.nodelist, set()) == {"other"} | ({"row"} if "row" in text else set()), (
            text
        )
