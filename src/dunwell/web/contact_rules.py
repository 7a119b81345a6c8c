"""Pages about contact rules: those in force, what they say of one customer, contacts made."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell import clock
from dunwell.engine.contact_rules.rules import ContactRule
from dunwell.formats.exports import Value
from dunwell.queries.contact_rules import contact_book, rules_in_force
from dunwell.queries.contact_words import AttemptFilter, AttemptRow, attempt_rows, contact_card
from dunwell.queries.pages import every_row
from dunwell.templatetags.contact_rules import (
    any_channel,
    decision_label,
    evidence_label,
    purpose_label,
    rule_kind,
    rule_text,
)
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key, read_span_day
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

RULE_COLUMNS = (
    _("Rule"),
    _("About"),
    _("What it says"),
    _("Countries"),
    _("Regions"),
    _("In force from"),
    _("In force until"),
    _("Source"),
    _("Evidence"),
    _("Last compared on"),
)
FIGURES = ("calls", "reached", "ours")
"""Figures of feedback that open the contacts they count."""

LONGEST_NAME = 150

ATTEMPT_COLUMNS = (
    _("When (UTC)"),
    _("Customer number"),
    _("Customer"),
    _("Channel"),
    _("Purpose"),
    _("Begun by the customer"),
    _("Outcome"),
    _("Decision"),
    _("Rule"),
    _("Next allowed (UTC)"),
    _("By"),
)


@require_GET
def rule_list(request: StaffRequest) -> HttpResponse:
    """List the rules in force, with what unknown facts count as."""
    company = request.actor.company
    book = contact_book(company, as_of=request.as_of)
    context = {
        "rules": rules_in_force(company, as_of=request.as_of),
        "coming": [
            rule
            for rule in book.pack.rules
            if rule.effective_from is not None and rule.effective_from > request.as_of
        ],
        "policy": book.policy,
        "pack": book.pack.pack,
    }
    return render(request, "web/contact_rules.html", context)


@require_GET
def rules_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the rules in force as a file."""
    rules = rules_in_force(request.actor.company, as_of=request.as_of)
    return file_response(
        kind,
        name=f"contact-rules-{request.as_of.isoformat()}",
        columns=[str(name) for name in RULE_COLUMNS],
        rows=(_rule_row(rule) for rule in rules),
    )


@require_GET
def rules_customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show whether a customer may be contacted now; to a script the panel alone."""
    customer = customer_or_404(request, customer_id)
    card = contact_card(request.actor.company, customer.pk, as_of=request.as_of, at=clock.now())
    if card is None:
        raise Http404
    attempts = attempt_rows(
        request.actor.company, only=AttemptFilter(customer_id=customer.pk), limit=10
    )
    context = {"customer": customer, "card": card, "attempts": attempts}
    part = "#card" if request.htmx else ""
    return render(request, f"web/contact_rules_customer.html{part}", context)


@require_GET
def attempt_list(request: StaffRequest) -> HttpResponse:
    """List contacts that were made or refused, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: attempt_rows(company, only=only, cursor=cursor))
    context = {"page": page, "only": only, "is_narrowed": only != AttemptFilter()}
    return render(request, "web/contact_attempts.html", context)


@require_GET
def attempts_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every contact under the page's filter as a file."""
    found = every_row(partial(attempt_rows, request.actor.company, only=_only(request)))
    return file_response(
        kind,
        name=f"contacts-{request.as_of.isoformat()}",
        columns=[str(name) for name in ATTEMPT_COLUMNS],
        rows=(_attempt_row(row) for row in found),
    )


def _only(request: StaffRequest) -> AttemptFilter:
    asked = request.GET
    figure = asked.get("figure", "")
    return AttemptFilter(
        customer_id=read_key(asked.get("customer", "")),
        only_refused=asked.get("refused") == "1",
        by=asked.get("by", "")[:LONGEST_NAME].replace("\0", ""),
        figure=figure if figure in FIGURES else "",
        from_on=read_span_day(asked.get("from", "")),
        until_on=read_span_day(asked.get("until", "")),
    )


def _rule_row(rule: ContactRule) -> tuple[Value, ...]:
    return (
        rule.id,
        rule_kind(rule.kind),
        rule_text(rule.id, rule.text),
        ", ".join(rule.scope.countries),
        ", ".join(rule.scope.regions),
        rule.effective_from,
        rule.effective_to,
        rule.source,
        evidence_label(rule.evidence),
        rule.last_verified,
    )


def _attempt_row(row: AttemptRow) -> tuple[Value, ...]:
    return (
        row.at.isoformat(timespec="seconds"),
        row.customer_number,
        row.customer_name,
        any_channel(row.channel),
        purpose_label(row.purpose),
        gettext("yes") if row.is_inbound else "",
        translated(row.outcome_label),
        decision_label(str(row.verdict.get("decision", ""))),
        str(row.verdict.get("rule", "")),
        str(row.verdict.get("next_at") or ""),
        row.by,
    )
