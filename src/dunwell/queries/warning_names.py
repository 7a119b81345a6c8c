"""What early warnings are called, in the language in force: for pages, packs and reviews."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

WARNING_LABELS: Mapping[str, Promise | str] = {
    "paying_later": _("Pays later than before"),
    "promises_broken": _("Breaks promises"),
    "payments_returned": _("Payments come back"),
    "part_payments": _("Pays in parts"),
    "disputes": _("Disputes more than before"),
    "slower_answers": _("Answers more slowly"),
    "open_above_usual": _("Owes far more than usual"),
    "silence": _("Has gone silent"),
    "orders_stopped": _("Has stopped buying"),
}
"""Labels of `engine.early_warnings.WARNING_CODES`."""


def warning_name(code: str) -> str:
    """Return an early warning as a phrase."""
    return str(WARNING_LABELS.get(code, code.replace("_", " ")))
