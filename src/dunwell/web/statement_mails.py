"""Mailing statements from their pages: one, or those of a run over many customers."""

from collections.abc import Sequence

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.statement_mails import MailedStatements, mail_statements
from dunwell.actions.statements import MOST_AT_ONCE
from dunwell.jobs.statements import read_run
from dunwell.models import AccountStatement
from dunwell.queries.statement_mails import unmailed_statements
from dunwell.web.answers import done, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SHOWN = 5
"""So many statements that were left out are named."""


@needs("statement.make")
@require_POST
def statement_mail(request: StaffRequest, account_statement_id: int) -> HttpResponse:
    """Mail one statement to the customer's payables contact; say why where it cannot be."""
    company = request.actor.company
    statement = get_object_or_404(AccountStatement, pk=account_statement_id, company=company)
    return _mailed(request, [statement], back=reverse("statement", args=[statement.pk]))


@needs("statement.make")
@require_POST
def statement_run_mail(request: StaffRequest, run_id: str) -> HttpResponse:
    """Mail the statements of a run that were not mailed yet, so many at once as are allowed."""
    run = read_run(request.actor.company, run_id)
    if run is None:
        raise Http404
    statements = unmailed_statements(
        request.actor.company,
        span=run.span,
        scope=run.scope,
        segment=run.segment,
        language=run.language,
        most=MOST_AT_ONCE,
    )
    return _mailed(request, statements, back=reverse("statement-run", args=[run_id]))


def _mailed(
    request: StaffRequest, statements: Sequence[AccountStatement], *, back: str
) -> HttpResponse:
    try:
        found = mail_statements(
            actor=request.actor, statements=statements, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    if not found.mailed:
        told = _left_out(found) or gettext("there is none left.")
        return refused(request, Refused(gettext("Nothing was mailed: ") + told), back=back)
    text = ngettext(
        "%(n)d statement is in the outbox.", "%(n)d statements are in the outbox.", found.mailed
    ) % {"n": found.mailed}
    return done(request, f"{text} {_left_out(found)}".strip(), back=back)


def _left_out(found: MailedStatements) -> str:
    """Return which statements were not mailed and why, the first of them by name."""
    named = [f"{number}: {reason}" for number, reason in found.left_out[:SHOWN]]
    more = len(found.left_out) - SHOWN
    if more > 0:
        named.append(ngettext("%(n)d more", "%(n)d more", more) % {"n": more})
    return "; ".join(named) + ("." if named else "")
