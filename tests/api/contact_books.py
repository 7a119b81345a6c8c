"""What contact rules need in the API's books: a restriction and a consent that stand."""

from dunwell.actions.contact_attempts import log_attempt
from dunwell.actions.restrictions import give_consent, record_restriction


def keep_contacts(actor, customer, *, today, at):
    """A visit that is not wanted and a text that is, and a contact; keys of the two."""
    restriction = record_restriction(
        actor=actor, customer=customer, kind="opt_out", channel="visit", purpose="service",
        as_of=today, at=at,
    )  # fmt: skip
    consent = give_consent(
        actor=actor, customer=customer, channel="sms", source="form", as_of=today, at=at
    )
    log_attempt(
        actor=actor, customer=customer, channel="call", outcome="no_answer", purpose="service",
        is_inbound=True, as_of=today, at=at,
    )  # fmt: skip
    return {"restriction_id": restriction.pk, "consent_id": consent.pk}
