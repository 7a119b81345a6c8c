"""A report that was made and one that is made by itself, for the calls about them."""

from datetime import date

from dunwell.actions.gate import system
from dunwell.actions.reports import MadeReport, add_schedule, keep_report
from dunwell.formats.review_pack import PackSection, ReviewPack

PACK = ReviewPack(
    title="Board pack",
    company="Northwind",
    language="en",
    as_of=date(2026, 3, 5),
    currency="EUR",
    sections=(
        PackSection(
            key="ageing",
            title="Ageing",
            columns=(("Days past due", "text"), ("Open", "money")),
            rows=(("1 30", 12_345),),
        ),
    ),
)


def keep_reports(company, tag="", *, today, at):
    """Keep a report and a schedule; return path parameter -> key."""
    actor = system(company)
    made = MadeReport(
        kind="pack", pack=PACK, words="Receivables are EUR 1.", pdf=b"%PDF-", workbook=b"PK"
    )
    report = keep_report(actor=actor, made=made, key=f"books{tag}", at=at)
    schedule = add_schedule(
        actor=actor,
        name=f"Weekly {tag}",
        kind="digest",
        every="week",
        sections=["ageing"],
        recipients=["cfo@northwind.example"],
        language="en",
        from_on=today,
        at=at,
    )
    return {"made_report_id": report.pk, "report_schedule_id": schedule.pk}
