"""What events and proofs of merged customers are called, for the catalog of texts."""

from django.utils.translation import gettext_lazy as _

MERGE_NAMES = (
    _("customer merge closed"),
    _("customer merge declined"),
    _("customer merge distinct"),
    _("customer merge merged"),
    _("customer merge proposed"),
    _("customer merge reopened"),
    _("customer merge split"),
    _(
        "An item or payment that a merge or split moved is whose its newest move says, or "
        "whoever was found to have paid since."
    ),
    _("A record that was merged into another one owns no item, payment or entry line."),
    _("Every move begins at the customer that the move before it ended at."),
)
"""Texts that records carry; pages look them up by the text itself."""
