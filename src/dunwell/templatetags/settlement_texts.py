"""Fixed texts about settlements and incentives, marked for translation as in `catalogs`."""

from django.utils.translation import gettext_noop as _

PROOFS = (
    _("A settlement's open amount is payment + concession, and its lines sum to both."),
    _(
        "What a completed settlement gives up of an item is one concession on it, and "
        "no other settlement gives anything up."
    ),
    _(
        "A settlement binds its items while it stands, holds them once accepted, and no "
        "plan binds them then."
    ),
    _("Nobody approved a request of their own where somebody else could."),
    _(
        "An incentive's rebates are one rebate per streak, on an item of the customer, and "
        "stay within the budget."
    ),
)
"""What `queries.proofs.settlements` proves."""

EVENTS = (
    _("incentive ended"),
    _("incentive granted"),
    _("incentive proposed"),
    _("incentive started"),
)
"""Events without a look of their own."""
