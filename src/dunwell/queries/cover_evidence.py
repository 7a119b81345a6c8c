"""What the evidence pack of a claim under a cover says, read from the records."""

from datetime import date

from dunwell.formats.cover_claim_pack import ClaimTerms, KeptDeadline
from dunwell.formats.evidence_pack import ClaimItem, Evidence
from dunwell.models import Cover, CoverClaim, CoverNotice, Item, OpenItem
from dunwell.queries.placement_evidence import case_file


def claim_evidence(claim: CoverClaim, *, as_of: date) -> tuple[Evidence, ClaimTerms]:
    """Return everything the pack of a claim says as of the day; thirteen queries."""
    cover, keys = claim.cover, [int(line["item"]) for line in claim.items]
    company, customer = claim.company, cover.customer
    case = case_file(company, customer, keys, as_of=as_of)
    evidence = Evidence(
        placement=f"{Cover.Kind(cover.kind).value} {cover.number}".strip(),
        as_of=as_of,
        company=company.name,
        pay_to=company.pay_to,
        language=company.language,
        agency=cover.provider,
        currency=claim.currency,
        commission_ppm=cover.share_ppm,
        reason=claim.reason,
        debtor=case.debtor,
        items=_items(keys, as_of=as_of),
        bookings=case.bookings,
        contacts=case.contacts,
        agreements=case.agreements,
        disputes=case.disputes,
        texts=case.texts,
    )
    terms = ClaimTerms(
        kind=cover.kind,
        provider=cover.provider,
        number=cover.number,
        currency=cover.currency,
        amount_minor=cover.amount_minor,
        share_ppm=cover.share_ppm,
        from_on=cover.from_on,
        until_on=cover.until_on,
        conditions=cover.conditions,
        open_minor=claim.open_minor,
        claimed_minor=claim.amount_minor,
        reason=claim.reason,
        deadlines=_kept(cover, keys),
    )
    return evidence, terms


def _items(keys: list[int], *, as_of: date) -> tuple[ClaimItem, ...]:
    still = dict(OpenItem.objects.filter(item__in=keys).values_list("item", "open_minor"))
    return tuple(
        ClaimItem(
            number=item.number,
            kind=item.kind,
            reference=item.reference,
            issued_on=item.issued_on,
            due_on=item.due_on,
            days_past_due=(as_of - item.due_on).days,
            amount_minor=item.amount_minor,
            open_minor=still.get(item.pk, 0),
            interest_minor=0,
            fees_minor=0,
        )
        for item in Item.objects.filter(pk__in=keys).order_by("due_on", "pk")
    )


def _kept(cover: Cover, keys: list[int]) -> tuple[KeptDeadline, ...]:
    rows = CoverNotice.objects.filter(cover=cover).select_related("item")
    return tuple(
        KeptDeadline(
            kind=row.kind,
            item=row.item.number if row.item else "",
            due_on=row.due_on,
            status=row.status,
            done_on=row.done_on,
        )
        for row in rows.order_by("due_on", "pk")
        if row.item_id is None or row.item_id in keys
    )
