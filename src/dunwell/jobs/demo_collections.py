"""What collections are about, in the demo: one of each, made by the actions people use.

Every scene is played once and looks for what it made before, so a killed call goes on. Who it
happens to follows from the sample ledger alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from dunwell.actions.agencies import add_agency
from dunwell.actions.gate import system
from dunwell.actions.legal import open_matter
from dunwell.actions.placement_batches import claim_batch, hand_over_batch
from dunwell.actions.placement_work import accept_placement
from dunwell.actions.placements import approve_placement, propose_placement
from dunwell.actions.plan_proposals import propose_plan
from dunwell.actions.plans import accept_plan
from dunwell.actions.policies_by_kind import draft_document, publish_document
from dunwell.actions.pools import add_pool
from dunwell.actions.segments import set_segment
from dunwell.actions.settlements import propose_settlement
from dunwell.actions.watches import WatchTerms, start_watch
from dunwell.actions.workforce import record_absence
from dunwell.demo.customers import LEAD
from dunwell.engine.calendars import next_business_day
from dunwell.engine.placement_checks import refusing
from dunwell.engine.plan_offers import PlanWish
from dunwell.jobs.demo_stage import Stage
from dunwell.models import (
    Absence,
    Agency,
    Company,
    Contact,
    Customer,
    Item,
    LegalMatter,
    PaymentPlan,
    Placement,
    PolicyVersion,
    Pool,
    SegmentByHand,
    Settlement,
    User,
    Watch,
)
from dunwell.queries.demo_debtors import (
    debtors_at_the_lawyer,
    demanded_debtors,
    free_debtors,
    late_items,
)
from dunwell.queries.placement_facts import checks_of, placeable_items

HOME = "EUR"
FEWEST_CUSTOMERS = 100
"""In a smaller ledger the few debtors are left to the reminders."""
MOST_TRIED = 12
"""So many customers are looked at for a placement; a small ledger may have none."""

COMMISSION = (
    {"from_days": 0, "rate_ppm": 120_000},
    {"from_days": 91, "rate_ppm": 180_000},
    {"from_days": 366, "rate_ppm": 300_000},
)
DEMAND_DAYS = 7
SEGMENTS = """\
# Who is which segment, by what was billed in a year and by what kind of customer it is.
segments:
  name: segments
  valid_from: {day}
  otherwise: standard
  segments:
    - name: public
      rules:
        - {{name: public bodies, party: [public]}}
    - name: strategic
      rules:
        - {{name: large customers, billed_minor: {{from: 60000000}}}}
    - name: small
      rules:
        - {{name: small customers, billed_minor: {{to: 4000000}}}}
cases:
  - {{name: a town is public, facts: {{party: public, billed_minor: 1}}, expect: public}}
  - {{name: half a million is not large, facts: {{billed_minor: 50000000}}, expect: standard}}
"""
"""The demo's own segments; amounts in cents."""


@dataclass(kw_only=True, slots=True)
class _Stage(Stage):
    """The stage, and whom something happened to already."""

    taken: list[int] = field(default_factory=list)

    def debtor(
        self, collector: str, *, place: int = 0
    ) -> tuple[Customer, tuple[Item, ...]] | None:
        """Return a customer nothing stands against, with its late items; None where there is none.

        `place` counts from the one who owes most.
        """
        found = free_debtors(
            self.company, currency=HOME, collector=collector, as_of=self.as_of, besides=self.taken
        )
        if not found:
            return None
        customer = found[min(place, len(found) - 1)]
        self.taken.append(customer.pk)
        return customer, late_items(customer, currency=HOME, as_of=self.as_of)


def play_collections(company: Company, *, as_of: date, at: datetime) -> int:
    """Play every scene that was not played yet; return how many were, 0 in a small ledger."""
    if Customer.objects.filter(company=company).count() < FEWEST_CUSTOMERS:
        return 0
    stage = _Stage(company=company, as_of=as_of, at=at)
    return sum(scene(stage) for scene in _SCENES)


def _plan_runs(stage: _Stage) -> bool:
    """Let a customer of the lead pay in four instalments, accepted by its contact."""
    if PaymentPlan.objects.filter(
        company=stage.company, proposed_on__gte=stage.recent_on
    ).exists():
        return False
    found = stage.debtor(LEAD, place=2)
    if found is None:
        return False
    customer, items = found
    first_on = next_business_day(stage.as_of + timedelta(days=6), country=stage.company.country)
    actor = stage.actor(LEAD)
    plan = propose_plan(
        actor=actor,
        customer=customer,
        items=items,
        wish=PlanWish(frequency="monthly", number=4, first_on=first_on),
        reason="Asked for time: two large payments of its own customers are late.",
        **stage.when,
    )
    contact = Contact.objects.filter(customer=customer).order_by("id").first()
    accept_plan(
        actor=actor,
        plan=plan,
        name=contact.name if contact and contact.name else customer.name,
        role="Accounts payable",
        address=contact.email if contact else "",
        sha256=plan.terms_sha256,
        **stage.when,
    )
    return True


def _settlement_waits(stage: _Stage) -> bool:
    """Let Anna propose to take four fifths, which somebody else has to approve."""
    if Settlement.objects.filter(company=stage.company, proposed_on__gte=stage.recent_on).exists():
        return False
    found = stage.debtor("anna", place=3)
    if found is None:
        return False
    customer, items = found
    owed = sum(
        row.open_minor
        for row in placeable_items(stage.company, customer, as_of=stage.as_of)
        if row.id in {item.pk for item in items}
    )
    propose_settlement(
        actor=stage.actor("anna"),
        customer=customer,
        items=items,
        pay_minor=owed * 4 // 5,
        pay_by_on=stage.as_of + timedelta(days=21),
        expires_on=stage.as_of + timedelta(days=14),
        reason="Offers four fifths within three weeks; goods of two deliveries came late.",
        **stage.when,
    )
    return True


def _agency_collects(stage: _Stage) -> bool:
    """Hand a debt that had its final demand to an agency, which takes it on."""
    if Agency.objects.filter(company=stage.company).exists():
        return False
    company, actor = stage.company, system(stage.company)
    agency = add_agency(
        actor=stage.actor(LEAD),
        name="Nordlicht Inkasso GmbH",
        email="claims@nordlicht-inkasso.example",
        demand_days=DEMAND_DAYS,
        commission=COMMISSION,
        at=stage.at,
    )
    for debtor in demanded_debtors(company, currency=HOME)[:MOST_TRIED]:
        keys = {item.pk for item in debtor.items}
        rows = placeable_items(company, debtor.customer, as_of=stage.as_of)
        asked = [row for row in rows if row.id in keys]
        checks = checks_of(company, debtor.customer, asked, agency=agency, as_of=stage.as_of)
        if debtor.customer.pk in stage.taken or refusing(checks):
            continue
        placement = propose_placement(
            actor=stage.actor(LEAD),
            customer=debtor.customer,
            agency=agency,
            items=debtor.items,
            reason="No answer to the final notice.",
            **stage.when,
        )
        approve_placement(actor=actor, placement=placement, **stage.when)
        batch = claim_batch(actor=actor, agency=agency, **stage.when)
        hand_over_batch(actor=actor, batch=batch, **stage.when)
        accept_placement(
            actor=actor,
            placement=Placement.objects.get(pk=placement.pk),
            reference="NI-2041",
            **stage.when,
        )
        stage.taken.append(debtor.customer.pk)
        break
    return True


def _matter_opens(stage: _Stage) -> bool:
    """Open a court claim against a customer who is with the lawyer already."""
    if LegalMatter.objects.filter(company=stage.company, kind=LegalMatter.Kind.CLAIM).exists():
        return False
    for customer in debtors_at_the_lawyer(stage.company):
        rows = placeable_items(stage.company, customer, as_of=stage.as_of)
        free = [row for row in rows if row.is_free and row.days_late > 0]
        if not free:
            continue
        items = Item.objects.filter(
            pk__in=[row.id for row in free if row.currency == free[0].currency]
        )
        open_matter(
            actor=stage.actor(LEAD),
            customer=customer,
            kind=LegalMatter.Kind.CLAIM,
            items=list(items.order_by("due_on", "id")),
            opened_on=stage.as_of,
            file_by_on=stage.as_of + timedelta(days=20),
            court="Amtsgericht Hamburg",
            **stage.when,
        )
        stage.taken.append(customer.pk)
        return True
    return False


def _watch_starts(stage: _Stage) -> bool:
    """Put the customer of the lead who owes most under watch."""
    if Watch.objects.filter(company=stage.company).exists():
        return False
    found = stage.debtor(LEAD)
    if found is None:
        return False
    start_watch(
        actor=stage.actor(LEAD),
        customer=found[0],
        playbook="High risk",
        reason="Owes most of all my customers, and pays later every month.",
        terms=WatchTerms(
            agenda=(
                "What will be paid this week?",
                "Is there cash trouble?",
                "What do we deliver next?",
            ),
            every_days=7,
            way=Watch.Way.CALL,
        ),
        **stage.when,
    )
    return True


def _pool_is_kept(stage: _Stage) -> bool:
    """Keep the customers who owe much for long as a pool of Anna's and Carla's."""
    if Pool.objects.filter(company=stage.company).exists():
        return False
    add_pool(
        actor=stage.actor(LEAD),
        name="Much and late",
        rule={"overdue_minor": {"from": 500_000}, "oldest_days": {"from": 60}},
        people=list(User.objects.filter(username__in=["anna", "carla"]).order_by("username")),
        note="Asked about every week.",
        **stage.when,
    )
    return True


def _segments_are_ruled(stage: _Stage) -> bool:
    """Publish the demo's own segments, and put one customer into another by hand."""
    kind = PolicyVersion.Kind.SEGMENTS
    published = PolicyVersion.objects.filter(
        company=stage.company, kind=kind, status=PolicyVersion.Status.PUBLISHED
    )
    if not published.exists():
        text = SEGMENTS.format(day=stage.as_of.isoformat())
        draft = draft_document(actor=stage.actor(LEAD), kind=kind, text=text, at=stage.at)
        publish_document(actor=system(stage.company), version=draft, **stage.when)
    if SegmentByHand.objects.filter(company=stage.company).exists():
        return False
    customer = Customer.objects.filter(company=stage.company, segment="standard").order_by("pk")[0]
    set_segment(
        actor=stage.actor(LEAD),
        customer=customer,
        segment="strategic",
        reason="Signed a frame contract; handled like a large customer from now on.",
        **stage.when,
    )
    return True


def _somebody_is_away(stage: _Stage) -> bool:
    """Send Carla on holiday, with Ben as her cover."""
    if Absence.objects.filter(company=stage.company).exists():
        return False
    record_absence(
        actor=stage.actor(LEAD),
        user=User.objects.get(username="carla"),
        cover=User.objects.get(username="ben"),
        kind=Absence.Kind.HOLIDAY,
        from_on=stage.as_of,
        until_on=stage.as_of + timedelta(days=9),
        **stage.when,
    )
    return True


_SCENES: tuple[Callable[[_Stage], bool], ...] = (
    _agency_collects,
    _matter_opens,
    _plan_runs,
    _settlement_waits,
    _watch_starts,
    _segments_are_ruled,
    _pool_is_kept,
    _somebody_is_away,
)
"""In this order: whoever has had a final demand, or is with the lawyer, is taken first."""
