"""Forms of queries in the portal: what is wrong and how much of it, words and papers on it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from dunwell.actions.dispute_cases import DisputedPart
from dunwell.actions.dispute_comments import Enclosed
from dunwell.engine.dispute_policy import DisputePolicy
from dunwell.models import Item
from dunwell.portal.arrangements_forms import KeyedForm, language, uploads
from dunwell.portal.dispute_tasks import FilesField, ManyFiles
from dunwell.queries.portal_promises import Promisable
from dunwell.templatetags.money import MoneyField, money_input

OTHER = "correspondence"
"""The kind of evidence of a file nobody says more about, where the policy has it."""


class QueryForm(KeyedForm):
    """What is wrong with chosen items: why, how much, in the customer's words, with papers."""

    reason = forms.CharField(max_length=20, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("What is wrong?"), max_length=4_000, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(
        self,
        rows: Sequence[Promisable],
        wanted: Sequence[tuple[str, str]],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        """Ask for an amount of each item, and for each kind of paper that would help."""
        super().__init__(*args, **kwargs)
        self.rows, self.wanted = rows, wanted
        for row in rows:
            field = MoneyField(row.currency, label=row.number, required=False)
            field.initial = money_input(row.open_minor, row.currency)
            self.fields[f"amount_{row.id}"] = field
        for kind, label in wanted:
            self.fields[f"paper_{kind}"] = FilesField(
                label=label, required=False, widget=ManyFiles(attrs={"multiple": True})
            )

    def parts(self, items: dict[int, Item]) -> list[DisputedPart]:
        """Return what of each item is disputed: all of it unless an amount is stated."""
        return [
            DisputedPart(
                item=items[row.id],
                amount_minor=self.cleaned_data.get(f"amount_{row.id}") or row.open_minor,
            )
            for row in self.rows
        ]

    def enclosed(self) -> list[Enclosed]:
        """Return the files, each with the kind of evidence it is."""
        return [
            one
            for kind, _label in self.wanted
            for one in enclosed(kind, self.cleaned_data.get(f"paper_{kind}") or [])
        ]

    def lines(self) -> list[dict[str, Any]]:
        """Return the items with their fields, for the page."""
        return [{"row": row, "field": self[f"amount_{row.id}"]} for row in self.rows]

    def papers(self) -> list[Any]:
        """Return the fields for papers, for the page."""
        return [self[f"paper_{kind}"] for kind, _label in self.wanted]


class CommentForm(KeyedForm):
    """Words and files on a query."""

    text = forms.CharField(
        label=_("Write to us"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    kind = forms.ChoiceField(label=_("The files are"), required=False)
    papers = FilesField(
        label=_("Files"),
        required=False,
        widget=ManyFiles(attrs={"multiple": True}),
        help_text=_("PDF, pictures, XLSX or DOCX; at most five."),
    )

    def __init__(self, kinds: Sequence[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """Offer the kinds of paper that would help, and one for all others."""
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]


class ReopenForm(KeyedForm):
    """Why the end of a query is not agreed to."""

    reason = forms.CharField(
        label=_("Why do you not agree?"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def enclosed(kind: str, sent: Sequence[Any]) -> list[Enclosed]:
    """Return the files of a cleaned field as evidence of a kind."""
    return [Enclosed(kind=kind, name=one.name, data=one.data) for one in uploads(sent)]


def paper_kinds(policy: DisputePolicy, reason: str) -> list[tuple[str, str]]:
    """Return the kinds of paper that speak for the customer, and the one for all others."""
    kinds = list(policy.reason_rule(reason).customer)
    if OTHER in policy.evidence and OTHER not in kinds:
        kinds.append(OTHER)
    return [(kind, policy.evidence_label(kind, language())) for kind in kinds or policy.evidence]
