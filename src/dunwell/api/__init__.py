"""The REST API, version 1: the same actions and queries as the pages, under the same rights."""

from django.core.exceptions import SuspiciousOperation
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse, RawPostDataException
from django.http.multipartparser import MultiPartParserError

from dunwell.actions.gate import Forbidden, Merged, Refused, Stale
from dunwell.actions.row_batches import RowsRefused
from dunwell.api import (
    access_reviews,
    advisors,
    agencies,
    analyses,
    anomalies,
    application_decisions,
    application_signatures,
    applications,
    approvals,
    assistant,
    autopay,
    bank,
    bank_layouts,
    benchmarks,
    books,
    budgets,
    bureaus,
    case_graph,
    cash,
    cash_policies,
    channels,
    charges,
    checkouts,
    companies,
    compositions,
    connections,
    contact_gaps,
    contact_rules,
    conversations,
    copilot,
    covenants,
    cover_claims,
    covers,
    credit_checks,
    credit_data,
    credit_groups,
    credit_holds,
    credit_policies,
    credit_portfolio,
    credit_reviews,
    curricula,
    customer_answers,
    customer_merges,
    customers,
    debits,
    deliveries,
    desk,
    desk_exports,
    dispute_cases,
    dispute_causes,
    dispute_steps,
    disputes,
    domain_checks,
    duties,
    duty_overrides,
    early_payments,
    early_warnings,
    einvoices,
    escalations,
    experiments,
    exports,
    feedback,
    financing,
    forecasts,
    hand_offs,
    headcount,
    holds,
    imports,
    inbox,
    incentives,
    initiatives,
    intent_models,
    invoice_responses,
    invoice_steps,
    invoices,
    invoicing,
    item_documents,
    items,
    kpis,
    legal,
    letters,
    levels,
    limitation,
    limits,
    mailboxes,
    mandate_files,
    mandates,
    meetings,
    mentions,
    messages,
    model_versions,
    my_day,
    outlooks,
    partners,
    payers,
    payment_providers,
    payments,
    people,
    placements,
    planning,
    plans,
    policies,
    pools,
    portal_access,
    portfolio_reviews,
    portfolio_risk,
    predictions,
    privacy,
    process,
    promises,
    provisions,
    quizzes,
    rates,
    refunds,
    remittances,
    reports,
    role_plays,
    row_batches,
    sanctions,
    scenarios,
    scorecards,
    scores,
    segments,
    settlements,
    statements,
    steering,
    strategies,
    suppressions,
    targets,
    team,
    voices,
    watches,
    webhooks,
    wordings,
    worklist,
)
from dunwell.api.auth import SessionAuth, TokenAuth, refuse_too_long
from dunwell.api.fields import Absent
from dunwell.api.schema import DocumentedAPI, JsonParser
from dunwell.formats.typesetting import TypesettingError
from dunwell.jobs.heavy_files import Busy
from dunwell.jobs.held_books import SECONDS, TEXT, is_held
from dunwell.queries.pages import CursorError

api = DocumentedAPI(
    title="Dunwell",
    version="1",
    description=(
        "Credit and collections: ledger in, decisions and reminders out. Amounts are whole minor "
        "units beside their currency, days are YYYY-MM-DD, chances and shares are parts per "
        "million, lists go on by cursor, and every write takes an Idempotency-Key."
    ),
    auth=[refuse_too_long, TokenAuth(), SessionAuth()],
    docs_url=None,
    parser=JsonParser(),
)
for path, module in (
    # before the addresses of single records, which would take "bulk" for a key
    ("", row_batches),
    ("", desk),
    ("/company", companies),
    ("/customers", customers),
    ("/customer-merges", customer_merges),
    ("", exports),
    ("", credit_data),
    ("/limits", limits),
    ("", credit_checks),
    ("/credit-holds", credit_holds),
    ("", credit_groups),
    ("/credit-policy", credit_policies),
    ("/covers", covers),
    ("/cover-claims", cover_claims),
    ("/credit-reviews", credit_reviews),
    ("/early-warnings", early_warnings),
    ("/credit-portfolio", credit_portfolio),
    ("/risk", portfolio_risk),
    ("", bureaus),
    ("", applications),
    ("", application_signatures),
    ("", application_decisions),
    ("/sanctions", sanctions),
    ("/items", items),
    ("", imports),
    ("/payments", payments),
    ("", refunds),
    ("", checkouts),
    ("", payment_providers),
    ("", invoices),
    ("", invoice_steps),
    ("", invoicing),
    ("/cash", cash),
    ("/cash", payers),
    ("/cash-policies", cash_policies),
    ("/charges", charges),
    ("/policies", policies),
    ("/books", books),
    ("/bank", bank),
    ("/bank", bank_layouts),
    ("/remittances", remittances),
    ("/account-statements", statements),
    ("/promises", promises),
    ("/plans", plans),
    ("/settlements", settlements),
    ("/approvals", approvals),
    ("/agencies", agencies),
    ("/placements", placements),
    ("/partner", partners),
    ("/escalations", escalations),
    ("/watches", watches),
    ("/meetings", meetings),
    ("/assistant", assistant),
    ("/suggestions", voices),
    ("/training", curricula),
    ("/training", role_plays),
    ("/training", quizzes),
    ("/incentives", incentives),
    ("/legal", legal),
    ("", limitation),
    ("/segments", segments),
    ("/pools", pools),
    ("/disputes", disputes),
    ("", dispute_cases),
    ("", dispute_steps),
    ("", dispute_causes),
    ("", webhooks),
    ("", connections),
    ("", mailboxes),
    ("/inbox", inbox),
    ("/conversations", conversations),
    ("/deliveries", deliveries),
    ("/feedback", feedback),
    ("/invoice-responses", invoice_responses),
    ("/holds", holds),
    ("", contact_rules),
    ("", worklist),
    ("", my_day),
    ("/messages", messages),
    ("/compositions", compositions),
    ("/wordings", wordings),
    ("/documents", item_documents),
    ("/einvoices", einvoices),
    ("", channels),
    ("/letters", letters),
    ("/early-payment", early_payments),
    ("/suppressions", suppressions),
    ("/contact-gaps", contact_gaps),
    ("", portal_access),
    ("", customer_answers),
    ("/mail-domain", domain_checks),
    ("/desk-exports", desk_exports),
    ("/message-readers", intent_models),
    ("", levels),
    ("/strategies", strategies),
    ("/steering", steering),
    ("/team", team),
    ("/team", headcount),
    ("/team", duties),
    ("", case_graph),
    ("/hand-offs", hand_offs),
    ("/mentions", mentions),
    ("/model", model_versions),
    ("", predictions),
    ("/forecast/outlook", outlooks),
    ("/forecast", forecasts),
    ("/kpis", kpis),
    ("/copilot", copilot),
    ("", reports),
    ("/process", process),
    ("/planning", planning),
    ("/privacy", privacy),
    ("/budgets", budgets),
    ("/scenarios", scenarios),
    ("/covenants", covenants),
    ("/provisions", provisions),
    ("/financing", financing),
    ("/scores", scores),
    ("/scorecards", scorecards),
    ("/analyses", analyses),
    ("/benchmarks", benchmarks),
    ("/anomalies", anomalies),
    ("", experiments),
    ("", initiatives),
    ("/targets", targets),
    ("/portfolio-reviews", portfolio_reviews),
    ("/advisors", advisors),
    ("", debits),
    ("/autopay", autopay),
    ("/mandates", mandate_files),
    ("/mandates", mandates),
    ("", people),
    ("/duty-overrides", duty_overrides),
    ("/access-reviews", access_reviews),
    ("", rates),
):
    api.add_router(path, module.router)


@api.exception_handler(Refused)
def refused(request: HttpRequest, error: Refused) -> HttpResponse:
    """Answer 422 when a business rule says no."""
    return api.create_response(request, {"detail": str(error)}, status=422)


@api.exception_handler(Merged)
def merged(request: HttpRequest, error: Merged) -> HttpResponse:
    """Answer 422 for a record that was merged, with the one to go on at."""
    told = {"detail": str(error), "merged_into_id": error.survivor.pk}
    return api.create_response(request, told, status=422)


@api.exception_handler(Busy)
def busy(request: HttpRequest, error: Busy) -> HttpResponse:
    """Answer 429 or 503, and when to try again, while too many files are written."""
    response = api.create_response(request, {"detail": str(error)}, status=error.status)
    response.headers["Retry-After"] = str(error.seconds)
    return response


@api.exception_handler(RowsRefused)
def rows_refused(request: HttpRequest, error: RowsRefused) -> HttpResponse:
    """Answer 422 with every row that does not fit, at its place in the body."""
    detail = [
        {"type": one.code, "loc": ["body", "body", "rows", one.row], "msg": one.detail}
        for one in error.outcomes
    ]
    return api.create_response(request, {"detail": detail}, status=422)


@api.exception_handler(Stale)
def stale(request: HttpRequest, error: Stale) -> HttpResponse:
    """Answer 409 when somebody changed the record meanwhile."""
    return api.create_response(request, {"detail": str(error)}, status=409)


@api.exception_handler(Forbidden)
def forbidden(request: HttpRequest, error: Forbidden) -> HttpResponse:
    """Answer 403 when the actor lacks the right."""
    return api.create_response(request, {"detail": str(error)}, status=403)


@api.exception_handler(TypesettingError)
def unset(request: HttpRequest, error: TypesettingError) -> HttpResponse:
    """Answer 422 when a PDF cannot be set; the sentence says what is in the way."""
    return api.create_response(request, {"detail": str(error)}, status=422)


@api.exception_handler(CursorError)
def wrong_cursor(request: HttpRequest, error: CursorError) -> HttpResponse:
    """Answer 400 for a cursor that another list made, or nobody."""
    return api.create_response(request, {"detail": str(error)}, status=400)


@api.exception_handler(MultiPartParserError)
@api.exception_handler(SuspiciousOperation)
@api.exception_handler(RawPostDataException)
def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Answer 400 for a body that is too large or is not what its Content-Type says."""
    return api.create_response(
        request, {"detail": f"The request's body cannot be read: {error}"}, status=400
    )


@api.exception_handler(Http404)
def not_found(request: HttpRequest, error: Http404) -> HttpResponse:
    """Answer 404 for what is not there or not the caller's; Django's own words name our tables."""
    told = str(error) if isinstance(error, Absent) else "There is no such record in your company."
    return api.create_response(request, {"detail": told}, status=404)


@api.exception_handler(OperationalError)
def held(request: HttpRequest, error: OperationalError) -> HttpResponse:
    """Answer 503 while others are writing; any other trouble of the database stays one."""
    if not is_held(error):
        raise error
    response = api.create_response(request, {"detail": TEXT}, status=503)
    response.headers["Retry-After"] = str(SECONDS)
    return response
