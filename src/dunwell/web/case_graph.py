"""The case of a customer as every desk sees it, and what colleagues say about it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.case_comments import LONGEST, Commented, comment_case
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.models import Customer
from dunwell.queries.case_graph import CaseGraph, case_graph
from dunwell.queries.colleagues import colleagues
from dunwell.templatetags.case_charts import case_kind, desk_label, node_name
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Kind"),
    pgettext_lazy("noun", "Record"),
    _("How many"),
    _("Status"),
    _("Desk"),
    _("Currency"),
    _("Amount"),
    _("Day"),
    _("Late"),
)


class RemarkForm(forms.Form):
    """What is said, and what it is about."""

    text = forms.CharField(
        label=_("Remark for colleagues"),
        help_text=_("@name tells a colleague by mail and asks them to say they saw it."),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    about = forms.ChoiceField(label=_("About"), required=False)

    def __init__(self, graph: CaseGraph, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["about"].choices = about_choices(graph)  # type: ignore[attr-defined]


@require_GET
def case_show(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show what stands about a customer, who has it, and what colleagues said."""
    customer = customer_or_404(request, customer_id)
    graph = graph_of(request, customer)
    context = {
        "graph": graph,
        "customer": customer,
        "form": RemarkForm(graph),
        "people": colleagues(request.actor.company),
    }
    return render(request, "web/case_graph.html", context)


@needs("case.share")
@require_http_methods(["GET", "POST"])
def case_remark(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say something to colleagues about a customer or one of its records."""
    customer = customer_or_404(request, customer_id)
    form = RemarkForm(graph_of(request, customer), posted(request))
    back = reverse("case-graph", args=[customer.pk])
    if request.method == "POST" and form.is_valid():
        subject, subject_id = read_about(form.cleaned_data["about"])
        try:
            kept = comment_case(
                actor=request.actor,
                customer=customer,
                text=form.cleaned_data["text"],
                subject=subject,
                subject_id=subject_id,
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, _said(kept), back=back)
    context = {
        "heading": gettext("Remark for colleagues"),
        "lead": customer.name,
        "button": gettext("Say it"),
        "action": reverse("case-remark", args=[customer.pk]),
        "back": back,
        "crumb": gettext("Case"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_GET
def case_export(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Return what stands about a customer as a file; the items sum to what is open."""
    graph = graph_of(request, customer_or_404(request, customer_id))
    return file_response(
        kind,
        name=f"case-{graph.customer_number}-{graph.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                case_kind(node.kind),
                node_name(node),
                node.count,
                translated(node.status) if node.status else "",
                desk_label(node.desk),
                node.currency,
                from_minor(node.amount_minor, node.currency)
                if node.amount_minor is not None and node.currency
                else None,
                node.on,
                gettext("late") if node.is_late else "",
            )
            for node in graph.nodes
        ),
    )


def graph_of(request: StaffRequest, customer: Customer) -> CaseGraph:
    """Return the case of a customer as the person who asks may see it."""
    return case_graph(customer, rights=request.actor.rights, as_of=request.as_of)


def about_choices(graph: CaseGraph) -> list[tuple[str, str]]:
    """Return what a remark or a hand-off can be about: the customer, or a record that stands."""
    return [
        ("", gettext("the customer")),
        *(
            (node.key, f"{case_kind(node.kind)} {node_name(node)}")
            for node in graph.nodes
            if node.id > 0
        ),
    ]


def read_about(text: str) -> tuple[str, int | None]:
    """Return kind and key of a choice, empty for the customer."""
    kind, _dash, key = text.rpartition("-")
    return (kind, int(key)) if kind and key.isdecimal() else ("", None)


def _said(kept: Commented) -> str:
    if not kept.called:
        return gettext("Said.")
    return gettext("Said; told: %(names)s.") % {"names": ", ".join(kept.called)}
