"""A forecast of thirteen weeks and twelve months, and the day's figures, to plan over."""

from datetime import timedelta

from dunwell.actions.figures import record_figures
from dunwell.actions.gate import Actor, system
from dunwell.engine.calendars import months_after
from dunwell.models import CashBasis, CashPeriod, ModelVersion
from dunwell.queries.ledgers import Books
from tests.conftest import AT, TODAY

WEEKS = 13


def peer(company, name="peer"):
    """Another person with every right."""
    return Actor(company=company, name=name, rights=system(company).rights)


def figures(company, on=TODAY):
    """Keep the KPIs of a day, as the cycle does."""
    record_figures(actor=system(company), books=Books(company), as_of=on, at=AT)


def outlook(company, *, as_of=TODAY, weekly=10_000, new=2_000, missing=()):
    """Keep a forecast of the home currency: so much a week, of which some is new business."""
    version = ModelVersion.objects.filter(company=company).first() or model(company)
    CashBasis.objects.create(
        company=company, version=version, as_of=as_of, claims=b"", parts=b"", levers=b"",
        content_sha256="0" * 64, missing_rates=list(missing), recorded_at=AT,
    )  # fmt: skip
    spans = [
        ("week", n, as_of + timedelta(days=7 * n - 6), as_of + timedelta(days=7 * n), weekly)
        for n in range(1, WEEKS + 1)
    ]
    first = as_of + timedelta(days=1)
    for n in range(1, 13):
        last = months_after(first.replace(day=1), 1) - timedelta(days=1)
        spans.append(("month", n, first, last, weekly * 4))
        first = last + timedelta(days=1)
    CashPeriod.objects.bulk_create(
        [
            CashPeriod(
                company=company, version=version, as_of=as_of, scope="all", kind=kind,
                currency=company.currency, is_consolidated=consolidated, number=number,
                starts_on=begins, ends_on=ends, expected_minor=minor, p5_minor=minor * 7 // 10,
                p10_minor=minor * 8 // 10, p50_minor=minor, p90_minor=minor * 12 // 10,
                p95_minor=minor * 13 // 10, spread_minor=0,
                components={"items": minor - new, "new_business": new},
            )
            for kind, number, begins, ends, minor in spans
            for consolidated in (False, True)
        ]
    )  # fmt: skip


def model(company):
    """A model version that forecasts are kept under."""
    return ModelVersion.objects.create(
        company=company, number=1, kind="due_date", trained_as_of=TODAY, trained_at=AT,
        trained_by="system", seed=1, paid_items=0, artifact=b"", artifact_sha256="0" * 64,
        training_sha256="0" * 64,
    )  # fmt: skip
