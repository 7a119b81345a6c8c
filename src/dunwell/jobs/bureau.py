"""Asking bureaus what waits to be asked: claim, ask outside any transaction, record.

Killed in between, a later run asks again under the same reference once the claim has run out;
a question that stops every worker is given up in the end.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date

from django.conf import settings

from dunwell import clock
from dunwell.actions.bureau_pulls import (
    claim_pulls,
    record_answer,
    record_failure,
    record_unknown,
)
from dunwell.actions.gate import Actor, Refused, system
from dunwell.connectors.bureau_file import FileBureau
from dunwell.connectors.bureau_http import HttpBureau
from dunwell.formats.bureau_answers import Bureau, BureauError, BureauRequest
from dunwell.models import BureauAccount, BureauPull, Company

BATCH = 5
"""Questions claimed together: few enough to be asked within the lease, retries included."""


def pull_reports(
    company_id: int, *, connect: Callable[[BureauAccount], Bureau] | None = None
) -> Counter[str]:
    """Ask every question that waits, those of the waterfall that follow too.

    Returns how many were answered, unknown, failed, delayed or lost. `connect` makes the
    connector of a bureau, by its kind unless given.
    """
    company = Company.objects.get(pk=company_id)
    actor, as_of = system(company), clock.today(company.zone)
    counts: Counter[str] = Counter()
    after = 0
    while batch := claim_pulls(actor=actor, limit=BATCH, as_of=as_of, at=clock.now(), after=after):
        # what follows in the waterfall has a later key and is claimed in a later round
        after = batch[-1].pk
        for pull in batch:
            counts[_ask_one(actor, pull, connect or connector, as_of=as_of)] += 1
    return counts


def connector(bureau: BureauAccount) -> Bureau:
    """Return the way to ask a bureau.

    Raises BureauError for one that is not asked, and for a secret that is not set.
    """
    if bureau.kind == BureauAccount.Kind.FILE:
        folder = settings.DATA_DIR / "bureaus" / str(bureau.company_id)
        return FileBureau(bureau=bureau.name, path=folder / bureau.address)
    if bureau.kind != BureauAccount.Kind.HTTP:
        raise BureauError(f"{bureau.name} is not asked: its reports are entered by hand.")
    token = settings.BUREAU_SECRETS.get(bureau.secret_name, "")
    if bureau.secret_name and not token:
        raise BureauError(
            f"{bureau.name}: the environment variable {bureau.secret_name} is not set. Set it "
            "and start the server again.",
            permanent=False,
        )
    return HttpBureau(bureau=bureau.name, address=bureau.address, token=token)


def request_of(pull: BureauPull) -> BureauRequest:
    """Return what a bureau is asked: no more of the customer than it needs to find it."""
    customer = pull.customer
    return BureauRequest(
        reference=f"dunwell-{pull.company_id}-{pull.pk}",
        customer_number=customer.number,
        name=customer.name,
        country=customer.country,
        vat_id=customer.vat_id,
        address=customer.address,
        purpose=pull.purpose,
        consent=pull.consent.evidence if pull.consent else "",
    )


def _ask_one(
    actor: Actor, pull: BureauPull, connect: Callable[[BureauAccount], Bureau], *, as_of: date
) -> str:
    """Ask one question and record what came of it; return that in a word."""
    try:
        answer = connect(pull.bureau).ask(request_of(pull))
        if answer is None:
            record_unknown(actor=actor, pull=pull, as_of=as_of, at=clock.now())
            return "unknown"
        report = record_answer(actor=actor, pull=pull, answer=answer, as_of=as_of, at=clock.now())
    except BureauError as error:
        return _failed(actor, pull, str(error), permanent=error.permanent, as_of=as_of)
    except Refused as refusal:
        return _failed(actor, pull, str(refusal), permanent=True, as_of=as_of)
    return "answered" if report else "lost"


def _failed(actor: Actor, pull: BureauPull, error: str, *, permanent: bool, as_of: date) -> str:
    record_failure(
        actor=actor, pull=pull, error=error, permanent=permanent, as_of=as_of, at=clock.now()
    )
    pull.refresh_from_db(fields=["status"])
    return "failed" if pull.status == BureauPull.Status.FAILED else "delayed"
