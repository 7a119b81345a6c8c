"""The statement of account: over any days, as files, and answered line by line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Forbidden, Refused
from dunwell.actions.portal_statement_answers import LineAnswer, answer_statement
from dunwell.formats.account_statement import AccountDocument, AccountLine
from dunwell.formats.account_statement_files import KINDS, file_name
from dunwell.formats.exports import ExportError
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import StatementAnswer
from dunwell.portal.account_files import attached, seen
from dunwell.portal.debtors import FORBIDDEN, Debtor, in_portal
from dunwell.portal.visitors import REFUSED
from dunwell.queries.account_documents import ShownAccount, Span
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.portal_settings import portal_choices
from dunwell.queries.statement_answers import newest_answers
from dunwell.queries.statement_spans import (
    CUSTOMER_SPANS,
    DAYS,
    SINCE_LAST,
    THIS_YEAR,
    read_span,
)
from dunwell.queries.statements import last_statement, letterhead, preview, preview_shown
from dunwell.templatetags.disputes import reason_words
from dunwell.templatetags.sentences import spoken

SHOWN_LINES = 150
"""So many lines of a currency can be answered on one page; the files hold all."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredLine:
    """A line with the answer that counts, and what was typed into its form."""

    line: AccountLine
    item_id: int | None
    answer: StatementAnswer | None
    typed: LineAnswer | None


@dataclass(frozen=True, kw_only=True, slots=True)
class AnsweredAccount:
    """One currency of the statement as the page shows it."""

    account: ShownAccount
    lines: tuple[AnsweredLine, ...]


@in_portal()
@require_http_methods(["GET", "POST"])
def statement_page(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the statement over a span; a POST answers its lines."""
    asked = request.POST or request.GET
    name, span, refusal = _span(asked, who)
    if request.method == "POST" and not refusal:
        return _answered(request, who, name, span)
    if request.method == "GET":
        seen(who)
    return _page(request, who, name, span, refusal=refusal)


def _answered(request: HttpRequest, who: Debtor, name: str, span: Span) -> HttpResponse:
    answers = _typed(request.POST)
    if who.seat is None:
        return _page(
            request, who, name, span, answers=answers, status=FORBIDDEN,
            refusal=gettext("You came by a link that lets you look only. Sign in to answer."),
        )  # fmt: skip
    today = clock.today(who.company.zone)
    try:
        made = answer_statement(
            actor=who.actor,
            customer=who.customer,
            seat=who.seat,
            span=span,
            answers=answers,
            as_of=today,
            at=clock.now(),
        )
    except Refused as error:
        status = FORBIDDEN if isinstance(error, Forbidden) else REFUSED
        return _page(
            request, who, name, span, answers=answers, refusal=spoken(error), status=status
        )
    told = {"span": name, "from": f"{span.from_on}", "to": f"{span.to_on}", "said": f"{len(made)}"}
    return redirect(f"{reverse('portal-statement')}?{urlencode(told)}")


@in_portal()
@require_GET
def statement_file(request: HttpRequest, who: Debtor, kind: str) -> HttpResponse:
    """Return the statement over a span as a file; it carries no number."""
    if kind not in KINDS:
        raise Http404
    _, span, refusal = _span(request.GET, who)
    if refusal:
        return HttpResponse(refusal, status=REFUSED, content_type="text/plain; charset=utf-8")
    document = preview(who.company, who.customer, span=span)
    seen(who, is_download=True)
    return document_file(who, document, kind)


def document_file(who: Debtor, document: AccountDocument, kind: str) -> HttpResponse:
    """Return a statement as a download of a kind that is known."""
    try:
        data = KINDS[kind].write(document, letterhead(who.company, who.customer))
    except TypesettingError as error:
        return HttpResponse(spoken(error), status=500, content_type="text/plain; charset=utf-8")
    except ExportError as error:
        return HttpResponse(spoken(error), status=413, content_type="text/plain; charset=utf-8")
    return attached(data, name=file_name(document, kind), media_type=KINDS[kind].media_type)


def _span(asked: Mapping[str, str], who: Debtor) -> tuple[str, Span, str]:
    """Return name and days of the span, and why what was asked for is none."""
    today = clock.today(who.company.zone)
    last = last_statement(who.company, who.customer.pk)
    told = {"span": THIS_YEAR} | {
        key: asked[key] for key in ("span", "from", "to") if key in asked
    }
    last_to_on = last.to_on if last else None
    try:
        return *read_span(told, today=today, last_to_on=last_to_on), ""
    except ValueError as error:
        name, span = read_span({"span": THIS_YEAR}, today=today)
        return DAYS if told["span"] == DAYS else name, span, spoken(error)


def _typed(posted: Mapping[str, str]) -> list[LineAnswer]:
    """Return what the form says of its lines; lines left alone are left out."""
    found = []
    for field, verdict in posted.items():
        key = field.removeprefix("verdict:")
        if field != key and verdict:
            found.append(
                LineAnswer(
                    line_key=key[:60],
                    verdict=verdict[:9],
                    note=posted.get(f"note:{key}", ""),
                    opens_query=posted.get(f"query:{key}") == "1",
                    reason=posted.get(f"reason:{key}", "") or "other",
                )
            )
    return found


def _page(
    request: HttpRequest,
    who: Debtor,
    name: str,
    span: Span,
    *,
    answers: list[LineAnswer] | None = None,
    refusal: str = "",
    status: int = 0,
) -> HttpResponse:
    accounts = preview_shown(who.company, who.customer, span=span, most=SHOWN_LINES)
    last = last_statement(who.company, who.customer.pk)
    today = clock.today(who.company.zone)
    policy = dispute_policy_in_force(who.company, as_of=today).policy
    context: dict[str, Any] = {
        "who": who,
        "accounts": _accounts(who, accounts, request.GET.get("currency", ""), answers or []),
        "currencies": [account.currency for account in accounts],
        "currency": request.GET.get("currency", ""),
        "days": span,
        "span": name,
        "spans": [
            (key, label) for key, label in CUSTOMER_SPANS.items() if key != SINCE_LAST or last
        ],
        "kinds": tuple(KINDS),
        "reasons": [(code, reason_words(code)) for code in policy.reasons],
        "refusal": refusal,
        "said": request.GET.get("said", ""),
        "takes_statements": portal_choices(who.company).takes_statements,
    }
    return render(
        request,
        "portal/account/statement.html",
        context,
        status=status or (REFUSED if refusal else 200),
    )


def _accounts(
    who: Debtor, accounts: Sequence[ShownAccount], currency: str, typed: list[LineAnswer]
) -> tuple[AnsweredAccount, ...]:
    shown = [one for one in accounts if currency in {"", one.currency}]
    keys = [line.key for one in shown for line in one.lines]
    answers = newest_answers(who.customer, keys)
    by_key = {one.line_key: one for one in typed}
    return tuple(
        AnsweredAccount(
            account=one,
            lines=tuple(
                AnsweredLine(
                    line=line,
                    item_id=int(line.key[5:]) if line.key.startswith("item:") else None,
                    answer=answers.get(line.key),
                    typed=by_key.get(line.key),
                )
                for line in one.lines
            ),
        )
        for one in shown
    )
