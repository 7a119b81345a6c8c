"""The credit policy in force, with the scorecard it decides by."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from dunwell.engine.credit_conditions import unfit_inputs
from dunwell.engine.credit_policy import CreditPolicy, read_credit_policy
from dunwell.engine.documents import DocumentError
from dunwell.engine.scorecard_terms import Scorecard as Card
from dunwell.engine.scorecards_policy import read_scorecard
from dunwell.formats.policies import read_policy
from dunwell.models import Company, PolicyVersion, Scorecard
from dunwell.queries.policy_documents import standard_text, text_in_force

KIND = PolicyVersion.Kind.CREDIT


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditPolicyInForce:
    """The policy of a day and its version; None: the shipped standard, which rates nobody."""

    policy: CreditPolicy
    version_id: int | None

    @property
    def is_published(self) -> bool:
        """Return whether the company published it itself."""
        return self.version_id is not None


@dataclass(frozen=True, kw_only=True, slots=True)
class CardInForce:
    """The scorecard decisions rest on; `scorecard_id` None: the card the policy carries."""

    card: Card
    scorecard_id: int | None


def credit_policy_in_force(company: Company, *, as_of: date) -> CreditPolicyInForce:
    """Return the credit policy that applies in a company on a day; one query.

    A text is read once and kept: versions are never edited.
    """
    found = text_in_force(company, KIND, as_of=as_of)
    return CreditPolicyInForce(policy=policy_of_text(found.text), version_id=found.version_id)


def card_in_force(company: Company, policy: CreditPolicy, *, as_of: date) -> CardInForce:
    """Return the champion the policy names, else the card it carries; one query.

    A champion that reads facts the catalogue does not know cannot be filled and does not count.
    """
    if policy.champion:
        champion = (
            Scorecard.objects.filter(
                company=company,
                name=policy.champion,
                status=Scorecard.Status.CHAMPION,
                valid_from__lte=as_of,
            )
            .order_by("-version")
            .first()
        )
        card = _card(champion) if champion is not None else None
        if champion is not None and card is not None:
            return CardInForce(card=card, scorecard_id=champion.pk)
    return CardInForce(card=policy.card, scorecard_id=None)


@lru_cache(maxsize=16)
def policy_of_text(text: str) -> CreditPolicy:
    """Return the policy of a YAML text; raises DocumentError or PolicyError for a wrong one."""
    return read_credit_policy(read_policy(text).document)


def standard_credit_policy() -> CreditPolicy:
    """Return the credit policy the product ships."""
    return policy_of_text(standard_text(KIND))


def _card(champion: Scorecard) -> Card | None:
    try:
        card = read_scorecard(champion.document)
    except DocumentError:
        return None
    return None if unfit_inputs(card) else card
