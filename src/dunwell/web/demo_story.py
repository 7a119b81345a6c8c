"""The story of a demo company in a few sentences, each with the page that shows it."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dunwell.models import Company
from dunwell.queries.demo_story import story_records


@dataclass(frozen=True, slots=True)
class Chapter:
    """One sentence of the story, and the page it is told on."""

    text: Promise | str
    label: Promise | str
    address: str


CHAPTERS = (
    (
        "failed",
        "analysis-course",
        "",
        _(
            "Twelve months ago the building trade began to pay late. DSO rose by more than a third"
            " within half a year; the line breaks where that began and where it ended."
        ),
        _("DSO over two years"),
    ),
    (
        "failed",
        "legal-matter",
        "matter_id",
        _(
            "One large customer stopped paying and became insolvent. The claim was filed, a small"
            " dividend came in, and the rest was written off."
        ),
        _("The insolvency"),
    ),
    (
        "cause",
        "causes",
        "",
        _(
            "Bad goods were delivered for two months and disputed. The cases were resolved, their"
            " cause was named, and something was done about it."
        ),
        _("Causes of disputes"),
    ),
    (
        "kept",
        "plan",
        "plan_id",
        _("Customers who could not pay at once agreed on plans. This one was paid to the end."),
        _("A plan that was kept"),
    ),
    (
        "broken",
        "plan",
        "plan_id",
        _("This one was not: after two missed instalments all that was left fell due."),
        _("A plan that broke"),
    ),
    (
        "settled",
        "settlement",
        "settlement_id",
        _("One customer paid a part at once, and the rest was given up."),
        _("The settlement"),
    ),
)
"""Chapters in order: the record a chapter needs, its page, what the page's address calls the
record, the sentence, and what the link is called."""


def story(company: Company) -> list[Chapter]:
    """Return the chapters whose records there are; none in a demo too small for a story."""
    records = story_records(company)
    return [
        Chapter(text, label, reverse(page, kwargs={name: records[noun]} if name else {}))
        for noun, page, name, text, label in CHAPTERS
        if noun in records
    ]
