"""The evidence of a claim under a cover: the files of an evidence pack, and the cover's terms.

Layout `dunwell.cover-claim.1`: as `dunwell.evidence-pack.1`, with `cover.json` for what the
provider agreed to, what is claimed, and which deadlines were kept; `claim.json` names provider
and share where a placement's has agency and commission.
"""

from dataclasses import asdict, dataclass
from datetime import date

from dunwell.formats.evidence_pack import Evidence, canonical, pack_files, packed
from dunwell.formats.evidence_pack_pdf import OF_A_COVER, evidence_pdf

FORMAT = "dunwell.cover-claim.1"
"""Name and version of the layout; another layout gets another number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptDeadline:
    """One deadline of the cover and when it was met; `done_on` empty where it was not."""

    kind: str
    item: str
    due_on: date
    status: str
    done_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimTerms:
    """The cover as agreed, what is claimed under it, and the deadlines behind it.

    Amounts are minor units of `currency`, the share parts per million, conditions days.
    """

    kind: str
    provider: str
    number: str
    currency: str
    amount_minor: int
    share_ppm: int
    from_on: date | None
    until_on: date | None
    conditions: dict[str, int]
    open_minor: int
    claimed_minor: int
    reason: str
    deadlines: tuple[KeptDeadline, ...]


def cover_claim_pack(evidence: Evidence, terms: ClaimTerms) -> bytes:
    """Return the pack as a ZIP with PDF and manifest; the same facts give the same bytes.

    Raises TypesettingError when the PDF cannot be set.
    """
    pdf = evidence_pdf(evidence, names=OF_A_COVER)
    document = asdict(evidence)
    for ours, theirs in (
        ("placement", "cover"),
        ("agency", "provider"),
        ("commission_ppm", "share_ppm"),
    ):
        document[theirs] = document.pop(ours)
    document["texts"] = [text.name for text in evidence.texts]
    files = {
        **pack_files(evidence, pdf=pdf),
        "claim.json": canonical(
            {
                "format": FORMAT,
                **document,
                "open_minor": evidence.open_minor,
                "charges_minor": evidence.charges_minor,
            }
        ),
        "cover.json": canonical({"format": FORMAT, **asdict(terms)}),
    }
    head = {"format": FORMAT, "cover": evidence.placement, "as_of": evidence.as_of}
    return packed(files, head=head, on=evidence.as_of)
