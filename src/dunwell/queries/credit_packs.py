"""What the portfolio review pack says: the book, its spread, its gauges, three scenarios."""

from datetime import date

from django.utils.translation import gettext, override

from dunwell.engine.concentration import Slice
from dunwell.engine.stress import Scenario
from dunwell.formats.credit_pack import (
    PPM,
    CreditPack,
    PackCustomer,
    PackGauge,
    PackGroup,
    PackStress,
)
from dunwell.models import Company
from dunwell.queries.credit_portfolio import Portfolio, chosen_rows, credit_desk, portfolio

FIFTH = -200_000


def credit_pack(company: Company, *, as_of: date) -> CreditPack:
    """Return the pack of a day, in the company's language; as many queries as the home page."""
    book, desk = portfolio(company, as_of=as_of), credit_desk(company, as_of=as_of)
    figures, spread = book.figures, book.spread
    with override(company.language):
        waits = (
            (gettext("Reviews of this week"), desk.reviews_queued),
            (gettext("Reviews past their day"), desk.reviews_overdue),
            (gettext("Recommendations to decide"), desk.decisions),
            (gettext("Applications"), desk.applications),
            (gettext("Orders held"), desk.holds),
            (gettext("Deadlines of covers"), desk.deadlines),
            (gettext("New early warnings"), desk.warnings),
        )
        stress = tuple(
            PackStress(name=name, loss_minor=book.under(scenario).stressed_loss_minor)
            for name, scenario in (
                (gettext("Chances times 2"), Scenario(pd_times_ppm=2 * PPM)),
                (gettext("Largest customer fails"), Scenario(failing_top=1)),
                (gettext("Sales fall by a fifth"), Scenario(sales_ppm=FIFTH)),
            )
        )
    return CreditPack(
        company=company.name,
        language=company.language,
        as_of=as_of,
        currency=book.currency,
        customers=figures.customers,
        unknown=figures.unknown,
        exposure_minor=figures.exposure_minor,
        limit_minor=figures.limit_minor,
        usage_ppm=figures.usage_ppm,
        over_minor=figures.over_minor,
        loss_minor=figures.loss_minor,
        rest_minor=spread.rest_minor,
        waits=waits,
        gauges=tuple(
            PackGauge(
                name=one.limit.name,
                value=one.value,
                most=one.limit.most,
                is_share=one.is_share,
                is_reached=one.is_reached,
            )
            for one in book.gauges(most_parts=0)
        ),
        classes=_groups(book.sliced("risk_class")),
        countries=_groups(book.sliced("country")),
        segments=_groups(book.sliced("segment")),
        largest=_largest(book),
        stress=stress,
    )


def _groups(rows: tuple[Slice, ...]) -> tuple[PackGroup, ...]:
    return tuple(
        PackGroup(
            name=row.name,
            customers=row.customers,
            exposure_minor=row.exposure_minor,
            share_ppm=row.share_ppm,
            loss_minor=row.loss_minor,
        )
        for row in rows
    )


def _largest(book: Portfolio) -> tuple[PackCustomer, ...]:
    return tuple(
        PackCustomer(
            number=row.customer_number,
            name=row.customer_name,
            risk_class=row.risk_class,
            exposure_minor=row.exposure_minor or 0,
            limit_minor=row.limit_minor,
            loss_minor=row.loss_minor,
        )
        for row in chosen_rows(book, top=10)
    )
