"""One record of every kind of credit beside the demo's own, for the pages that show a record.

Runs in the desk's own process: `django shell` calls `kept`, which prints the records' keys.
"""

import json

from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.models import Company
from dunwell.queries.application_links import form_slug
from dunwell.queries.policy_documents import standard_text
from tests.api.application_books import keep_applications
from tests.api.cover_books import keep_covers
from tests.api.credit_data_books import keep_credit_data
from tests.api.credit_policy_books import keep_credit_policy
from tests.api.limit_books import keep_limits
from tests.api.order_books import keep_orders
from tests.api.scorecard_books import keep_scorecards

CALL = "from tests.browser.credit_records import kept; kept()"


def kept():
    """Add the records to the only company and print path parameter -> key as one line."""
    company = Company.objects.get()
    on = {"today": clock.today(company.zone), "at": clock.now()}
    keys = {"company_slug": form_slug(company)}
    _open_form(company, **on)
    for keep in (
        keep_limits,
        keep_orders,
        keep_covers,
        keep_applications,
        keep_credit_data,
        keep_credit_policy,
        keep_scorecards,
    ):
        keys |= keep(company, "AXE", **on)
    print(json.dumps(keys))  # noqa: T201  the answer to the caller


def _open_form(company, *, today, at):
    """Let anybody apply, whatever the demo of the day shows of credit."""
    text = standard_text("credit").replace("2026-01-01", today.isoformat(), 1)
    text = text.replace("2027-01-01", f"{today.year + 1}-12-31", 1)
    text = text.replace("open_form: false", "open_form: true")
    version = draft_document(actor=system(company), kind="credit", text=text, at=at)
    publish_document(actor=system(company), version=version, as_of=today, at=at)
