"""Covers, claims, reviews and warnings in every state that a call needs one in."""

from datetime import timedelta

from dunwell.actions.cover_claims import answer_claim, draw_claim, file_claim
from dunwell.actions.cover_notices import watch_covers
from dunwell.actions.covers import CoverAsk, ask_cover, grant_cover
from dunwell.actions.credit_reviews import ask_review, recommend_review, start_review
from dunwell.actions.gate import Actor, system
from dunwell.actions.items import add_item
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import CoverNotice, EarlyWarning
from dunwell.queries.cover_clocks import cover_clock
from tests.conftest import add_customer


def keep_covers(company, tag="", *, today, at):
    """Add covers asked for and granted, claims of every state, reviews, a warning; return keys."""
    on = {"as_of": today, "at": at}
    desk = _Desk(company, tag, on)
    spare, _ = desk.covered("SPARE")
    claims = {}
    for name in ("cover_claim_id", "filed_claim_id", "accepted_claim_id"):
        cover, item = desk.covered(name)
        claims[name] = draw_claim(
            actor=desk.nora, cover=cover, items=[item], reason="insolvent", **on
        )
    for name in ("filed_claim_id", "accepted_claim_id"):
        file_claim(actor=desk.nora, claim=claims[name], **on)
    answer_claim(actor=desk.nora, claim=claims["accepted_claim_id"], is_accepted=True, **on)
    free, item = desk.covered("FREE")
    asked = desk.asked(add_customer(company, f"ASKED{tag}"))
    watch_covers(
        actor=system(company), clock=cover_clock(company, as_of=today), as_of=today, at=at
    )
    started, advised = desk.review("STARTED"), desk.review("ADVISED")
    for review in (started, advised):
        start_review(actor=desk.nora, review=review, **on)
    recommend_review(actor=desk.nora, review=advised, advice="keep", reason="pays", **on)
    warning = EarlyWarning.objects.create(
        company=company, customer=add_customer(company, f"WARNED{tag}"), kind="silence",
        sign="refusal", strength_ppm=700_000, unit="days", measured=60, usual=12,
        since_on=today, first_on=today, last_on=today, recorded_at=at,
    )  # fmt: skip
    return {
        **{name: claim.pk for name, claim in claims.items()},
        "cover_id": free.pk,
        "free_cover_id": free.pk,
        "covered_item_id": item.pk,
        "spare_cover_id": spare.pk,
        "asked_cover_id": asked.pk,
        "notice_id": CoverNotice.objects.filter(
            company=company, cover=free, kind="report"
        ).get().pk,
        "covered_customer_id": free.customer_id,
        "review_id": desk.review("REVIEWED").pk,
        "started_review_id": started.pk,
        "advised_review_id": advised.pk,
        "unreviewed_customer_id": add_customer(company, f"UNREVIEWED{tag}").pk,
        "warning_id": warning.pk,
    }  # fmt: skip


class _Desk:
    """Two people of credit who work by the real actions, and what they make."""

    def __init__(self, company, tag, on):
        self.company, self.tag, self.on = company, tag, on
        self.nora = self.acting("nora", "credit_analyst")
        self.mona = self.acting("mona", "credit_manager")

    def acting(self, name, role):
        return Actor(
            company=self.company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role]
        )

    def asked(self, customer):
        ask = CoverAsk(
            kind="insurance", provider="Coface", number="P-1", currency="EUR",
            asked_minor=1_000_00, share_ppm=900_000, conditions={"overdue_report_days": 30},
        )  # fmt: skip
        return ask_cover(actor=self.nora, customer=customer, ask=ask, **self.on)

    def covered(self, name):
        """A customer with a granted cover and an item that is 20 days late."""
        today = self.on["as_of"]
        customer = add_customer(self.company, f"{name}{self.tag}")
        cover = grant_cover(
            actor=self.mona, cover=self.asked(customer), amount_minor=1_000_00,
            from_on=today - timedelta(days=90), **self.on,
        )  # fmt: skip
        item = add_item(
            actor=system(self.company), customer=customer, number=f"I-{name}{self.tag}",
            kind="invoice", currency="EUR", amount_minor=500_00,
            issued_on=today - timedelta(days=50), due_on=today - timedelta(days=20), **self.on,
        )  # fmt: skip
        return cover, item

    def review(self, name):
        return ask_review(
            actor=self.nora, customer=add_customer(self.company, f"{name}{self.tag}"),
            reason="new plant", **self.on,
        )  # fmt: skip
