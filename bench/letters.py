"""What a plan of contacts becomes: lines grouped into letters, and letters set as PDF/A."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl

from bench.cost import Meter
from bench.desk import ladder, the_company
from bench.measures import WORK_DAY, Result
from bench.workload import AS_OF, Workload
from dunwell.formats.account_statement_pdf import Letterhead
from dunwell.formats.letters_pdf import Letter, letters_pdf
from dunwell.jobs.letters import PART
from dunwell.models import Customer
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import ContactPlan, plan_contacts
from dunwell.queries.texts import MessageText, message_texts

LETTERS = 1_000
PDF_A = b"pdfaid"
"""What the metadata of a PDF/A file name, uncompressed."""


def group_letters(_load: Workload) -> Result:
    """Group every line of a plan into one text per customer, amounts and days in words."""
    plan, customers = _plan()
    with Meter() as meter:
        texts = list(message_texts(plan, customers))
    result = Result(meter.cost(), {"lines": plan.lines.height, "letters": len(texts)})
    named = sum(text.body.count("\n  ") for text in texts[:200])
    result.counts["lines_in_200"] = named
    result.expect("customers", len({text.customer_id for text in texts}), customers.height)
    result.expect("troubled", sum(bool(text.trouble) for text in texts), 0)
    return result


def set_letters(_load: Workload) -> Result:
    """Set 1,000 letters of a plan as PDF/A, a hundred to a file, as they go to the printer."""
    plan, customers = _plan()
    texts = list(message_texts(plan, customers.head(LETTERS)))
    names = dict(Customer.objects.filter(company=plan.company).values_list("pk", "name"))
    letters = [_letter(plan, text, names[text.customer_id]) for text in texts]
    parts = [letters[at : at + PART] for at in range(0, len(letters), PART)]
    with Meter() as meter:
        files = [letters_pdf(part, country="DE", is_specimen=False) for part in parts]
    cost = meter.cost()
    cost["cpu_per_thousand_s"] = round(cost["cpu_s"] * 1_000 / max(len(letters), 1), 3)
    result = Result(cost, {"letters": len(letters), "pages": sum(one.pages for one in files)})
    result.counts["bytes"] = sum(len(one.pdf) for one in files)
    result.expect("begun", sum(len(one.first_pages) for one in files), len(letters))
    result.expect("pdf_a", sum(PDF_A in one.pdf for one in files), len(files))
    return result


def _plan() -> tuple[ContactPlan, pl.DataFrame]:
    """Return the peers' plan of the day, and the customers it writes to."""
    company = the_company()
    policy = ladder(days_later=(WORK_DAY - AS_OF).days)
    plan = plan_contacts(
        company, books=Books(company), strategies=[policy.strategy], as_of=WORK_DAY
    )
    allowed = plan.decisions.filter(pl.col("decision") != "blocked")
    return replace(plan, company=company), allowed.select("customer_id").sort("customer_id")


def _letter(plan: ContactPlan, text: MessageText, name: str) -> Letter:
    company = plan.company
    return Letter(
        reference=str(text.customer_id),
        language=text.language,
        subject=text.subject,
        body=text.body,
        on=plan.as_of,
        head=Letterhead(
            company=company.name,
            reply_to="",
            pay_to="",
            customer=name,
            address="Markt 2\n01067 Dresden",
        ),
    )


def join_lines(_load: Workload) -> Result:
    """Group the same lines by customer with their texts joined, nothing worded."""
    plan, customers = _plan()
    lines = plan.lines.join(customers, on="customer_id", how="semi").select(
        "customer_id", text=pl.format("{} {}", "item_id", "open_minor")
    )
    with Meter() as meter:
        rows = lines.group_by("customer_id").agg(pl.col("text").str.join("\n"))
    return Result(meter.cost(), {"rows": rows.height})


MEASURES: dict[str, Callable[[Workload], Result]] = {
    "group_letters": group_letters,
    "letters": set_letters,
}
FLOORS: dict[str, Callable[[Workload], Result]] = {"group_letters": join_lines}
"""Both by the name of the measure."""
