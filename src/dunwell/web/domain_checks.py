"""The page about the domain we send from: the last check, a new one, those before, as a file."""

from functools import partial

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell.actions.gate import Refused
from dunwell.jobs.domain_checks import domain_check_progress, start_domain_check
from dunwell.queries.domain_checks import (
    DomainCheckRow,
    domain_check_rows,
    known_selectors,
    latest_checks,
    sending_domains,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.domain_checks import finding_words, level_words, subject_words
from dunwell.web.answers import done, progress, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Checked (UTC)"),
    _("Domain"),
    _("Subject"),
    _("Result"),
    _("Finding"),
    _("Name in the zone"),
    _("Stands there"),
    _("To be put there"),
    _("By"),
)


class SelectorsForm(forms.Form):
    """Names of DKIM keys, with blanks or commas between them."""

    selectors = forms.CharField(
        label=_("DKIM selectors"),
        max_length=1000,
        required=False,
        help_text=_("Names such as s1, with commas between; empty: the common names are tried."),
    )

    def clean_selectors(self) -> list[str]:
        """Return the names as a list."""
        told: str = self.cleaned_data["selectors"]
        return told.replace(",", " ").split()


@require_GET
def domain_check_show(request: StaffRequest) -> HttpResponse:
    """Show the newest check of every domain we send from, and the checks before."""
    company = request.actor.company
    domains = sending_domains(company)
    page = page_asked(request, lambda cursor: domain_check_rows(company, cursor=cursor))
    newest = latest_checks(company, domains)
    running = domain_check_progress(company)
    context = {
        "domains": [(domain, newest.get(domain)) for domain in domains],
        "page": page,
        "form": SelectorsForm(initial={"selectors": ", ".join(known_selectors(company))}),
        "running": running if running is not None and running.is_running else None,
        "failed": running.refusal if running is not None and not running.is_running else "",
    }
    return render(request, "web/domain_checks.html", context)


@require_POST
def domain_check_start(request: StaffRequest) -> HttpResponse:
    """Begin a check in the background."""
    back = reverse("mail-domain")
    form = SelectorsForm(request.POST)
    if not form.is_valid():
        return refused(request, Refused(gettext("The list of selectors is too long.")), back=back)
    try:
        is_begun = start_domain_check(request.actor, form.cleaned_data["selectors"])
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("The check runs.") if is_begun else gettext("A check runs already.")
    return done(request, text, back=back)


@require_GET
def domain_check_running(request: StaffRequest) -> HttpResponse:
    """Return the progress line alone; once the check has ended, htmx loads the page again."""
    running = domain_check_progress(request.actor.company)
    context = {"running": running} if running is not None and running.is_running else None
    return progress(request, "web/domain_checks_progress.html", context)


@require_GET
def domain_checks_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every finding of every check as a file."""
    found = every_row(partial(domain_check_rows, request.actor.company))
    return file_response(
        kind,
        name=f"mail-domain-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(line for row in found for line in _lines(row)),
    )


def _lines(row: DomainCheckRow) -> list[tuple[str, ...]]:
    return [
        (
            row.checked_at.isoformat(timespec="seconds"),
            row.domain,
            subject_words(one.about),
            level_words(one.level),
            finding_words(one),
            one.name,
            one.found,
            one.put,
            row.by,
        )
        for one in row.findings
    ]
