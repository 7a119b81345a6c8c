"""/portal/disputes/: the customer's queries, a new one, and one in full with all that was said."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portal_disputes import (
    answer_proposal,
    comment_query,
    open_query,
    reopen_query,
    withdraw_query,
)
from dunwell.actions.portal_messages import mark_seen
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.portal_uploads import scan_uploads
from dunwell.models import DisputeCase, DisputeComment, Item
from dunwell.portal.arrangements_forms import (
    SHOWN_ITEMS,
    ReasonForm,
    download,
    kept,
    language,
    page,
    picked,
    too_large,
)
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.portal.portal_query_forms import (
    CommentForm,
    QueryForm,
    ReopenForm,
    enclosed,
    paper_kinds,
)
from dunwell.queries.dispute_letters import denial_pdf
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.queries.portal_disputes import (
    decided_letter,
    query_detail,
    query_rows,
    reasons_offered,
    shared_file,
)
from dunwell.queries.portal_promises import promisable_items
from dunwell.queries.portal_seen import CASE
from dunwell.templatetags.sentences import spoken


@in_portal()
@require_GET
def query_list(request: HttpRequest, who: Debtor) -> HttpResponse:
    """List the customer's queries: what waits for whom, and by when an answer is due."""
    today = clock.today(who.company.zone)
    rows = query_rows(who.customer, who.seat, as_of=today, language=language())
    return page(request, who, "disputes", {"rows": rows})


@csrf_exempt
@in_portal("portal.ask", most=120)
@require_http_methods(["GET", "POST"])
def query_new(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Choose invoices and a reason first, then say what is wrong."""
    return too_large(request) or _new(request, who)


@csrf_protect
def _new(request: HttpRequest, who: Debtor) -> HttpResponse:
    today = clock.today(who.company.zone)
    policy = dispute_policy_in_force(who.company, as_of=today).policy
    reasons = reasons_offered(policy, language())
    told = request.POST if request.method == "POST" else request.GET
    reason, named = told.get("reason", ""), picked(request)
    every = promisable_items(who.customer, as_of=today)
    rows = [row for row in every if row.id in named]
    if not rows or reason not in policy.reasons:
        shown = sorted(every, key=lambda row: row.id not in named)[:SHOWN_ITEMS]
        context = {
            "rows": shown,
            "chosen": named,
            "reasons": reasons,
            "reason": reason,
            "is_asked": "asked" in told or "reason" in told,
        }
        return page(request, who, "dispute_choose", context)
    kinds = paper_kinds(policy, reason)
    form = QueryForm(
        rows, kinds, request.POST or None, request.FILES or None, initial={"reason": reason}
    )
    if request.method == "POST" and form.is_valid():
        items = Item.objects.filter(customer=who.customer).in_bulk([row.id for row in rows])
        try:
            files = form.enclosed()
            scan_uploads(files)
            case = open_query(
                actor=who.actor,
                customer=who.customer,
                parts=form.parts(items),
                reason=reason,
                text=form.cleaned_data["text"],
                files=files,
                key=form.cleaned_data["key"],
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            number = {"number": case.number}
            messages.success(request, gettext("Thank you. Your query is %(number)s.") % number)
            return redirect("portal-dispute", case.pk)
    context = {"form": form, "rows": rows, "reason_label": dict(reasons)[reason]}
    return page(request, who, "dispute_new", context, form)


@in_portal()
@require_GET
def query_show(request: HttpRequest, who: Debtor, case_id: int) -> HttpResponse:
    """Show one query with all that both sides said; our answers count as seen from now on."""
    response = _query_page(request, who, case_id)
    if who.seat is not None:
        mark_seen(actor=who.actor, seat=who.seat, subject=CASE, subject_id=case_id, at=clock.now())
    return response


@csrf_exempt
@in_portal("portal.ask", most=120)
@require_http_methods(["POST"])
def query_comment(request: HttpRequest, who: Debtor, case_id: int) -> HttpResponse:
    """Add words and files to a query."""
    return too_large(request) or _comment(request, who, case_id)


@csrf_protect
def _comment(request: HttpRequest, who: Debtor, case_id: int) -> HttpResponse:
    case = _own(who, case_id)
    form = _comment_form(who, case, request)

    def act(told: dict[str, Any]) -> None:
        kind = told["kind"] or form.fields["kind"].choices[0][0]  # type: ignore[attr-defined]
        files = scan_uploads(enclosed(kind, told["papers"]))
        comment_query(
            actor=who.actor,
            case=case,
            text=told["text"],
            files=files,
            key=told["key"],
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )

    return _done(request, who, case, form, act, gettext("Sent. Thank you."), "comment")


@in_portal("portal.ask", most=120)
@require_http_methods(["POST"])
def query_answer(request: HttpRequest, who: Debtor, case_id: int, comment_id: int) -> HttpResponse:
    """Accept or turn down what we proposed."""
    case = _own(who, case_id)
    comment = get_object_or_404(DisputeComment, pk=comment_id, case=case)
    form = ReasonForm(request.POST, auto_id="answer_%s")
    accepts = request.POST.get("answer") == "accept"

    def act(told: dict[str, Any]) -> None:
        answer_proposal(
            actor=who.actor,
            comment=comment,
            accepts=accepts,
            text=told["reason"],
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )

    return _done(request, who, case, form, act, gettext("Thank you for your answer."), "answer")


@in_portal("portal.ask", most=60)
@require_http_methods(["POST"])
def query_withdraw(request: HttpRequest, who: Debtor, case_id: int) -> HttpResponse:
    """Take a query back."""
    case, form = _own(who, case_id), ReasonForm(request.POST, auto_id="withdraw_%s")

    def act(told: dict[str, Any]) -> None:
        withdraw_query(
            actor=who.actor,
            case=case,
            reason=told["reason"],
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )

    said = gettext("Your query is taken back; the amount is due again.")
    return _done(request, who, case, form, act, said, "withdraw")


@in_portal("portal.ask", most=60)
@require_http_methods(["POST"])
def query_reopen(request: HttpRequest, who: Debtor, case_id: int) -> HttpResponse:
    """Open a query again that had ended."""
    case, form = _own(who, case_id), ReopenForm(request.POST, auto_id="reopen_%s")

    def act(told: dict[str, Any]) -> None:
        reopen_query(
            actor=who.actor,
            case=case,
            reason=told["reason"],
            key=told["key"],
            as_of=clock.today(who.company.zone),
            at=clock.now(),
        )

    return _done(request, who, case, form, act, gettext("We look at it again."), "reopen")


@in_portal()
@require_GET
def query_file(_request: HttpRequest, who: Debtor, evidence_id: int) -> HttpResponse:
    """Return a file that both sides see."""
    evidence = shared_file(who.customer, evidence_id)
    data = kept(evidence.sha256) if evidence else None
    if evidence is None or data is None:
        raise Http404
    return download(evidence.name, data, evidence.media_type)


@in_portal()
@require_GET
def query_letter(request: HttpRequest, who: Debtor, resolution_id: int) -> HttpResponse:
    """Return the letter of a decided query as a PDF."""
    resolution = decided_letter(who.customer, resolution_id)
    if resolution is None:
        raise Http404
    try:
        data = denial_pdf(resolution)
    except TypesettingError:
        return page(request, who, "no_letter", {})
    return download(f"{resolution.case.number}.pdf", data, "application/pdf")


def _done(
    request: HttpRequest,
    who: Debtor,
    case: DisputeCase,
    form: forms.Form,
    act: Callable[[dict[str, Any]], None],
    said: str,
    name: str,
) -> HttpResponse:
    """Carry out what a form on the page asks, or show it again with what stands against it."""
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            messages.success(request, said)
            return redirect("portal-dispute", case.pk)
    return _query_page(request, who, case.pk, **{name: form})


def _query_page(
    request: HttpRequest, who: Debtor, case_id: int, **sent: forms.Form
) -> HttpResponse:
    today = clock.today(who.company.zone)
    detail = query_detail(who.customer, case_id, who.seat, as_of=today, language=language())
    if detail is None:
        raise Http404
    case = DisputeCase.objects.get(pk=case_id)
    context = {
        "detail": detail,
        "row": detail.row,
        "comment": sent.get("comment") or _comment_form(who, case),
        "answer": sent.get("answer") or ReasonForm(auto_id="answer_%s"),
        "withdraw": sent.get("withdraw") or ReasonForm(auto_id="withdraw_%s"),
        "reopen": sent.get("reopen") or ReopenForm(auto_id="reopen_%s"),
        "shown": next(iter(sent), ""),
    }
    return page(request, who, "dispute", context, *sent.values())


def _comment_form(
    who: Debtor, case: DisputeCase, request: HttpRequest | None = None
) -> CommentForm:
    policy = dispute_policy_in_force(who.company, as_of=clock.today(who.company.zone)).policy
    kinds = paper_kinds(policy, case.reason)
    if request is None:
        return CommentForm(kinds)
    return CommentForm(kinds, request.POST, request.FILES)


def _own(who: Debtor, case_id: int) -> DisputeCase:
    found = DisputeCase.objects.select_related("customer__company")
    return get_object_or_404(found, pk=case_id, customer=who.customer)
