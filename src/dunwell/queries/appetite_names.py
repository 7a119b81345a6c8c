"""What the limits of the appetite are called: the form's own names in the reader's language."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

LABELS: Mapping[str, Promise] = {
    "Expected loss of a year": pgettext_lazy("limit", "Expected loss of a year"),
    "Largest customer": pgettext_lazy("limit", "Largest customer"),
    "Largest group": pgettext_lazy("limit", "Largest group"),
    "Largest sector": pgettext_lazy("limit", "Largest sector"),
    "Largest country abroad": pgettext_lazy("limit", "Largest country abroad"),
    "Largest foreign currency": pgettext_lazy("limit", "Largest foreign currency"),
    "Weak risk classes": pgettext_lazy("limit", "Weak risk classes"),
    "New customers": pgettext_lazy("limit", "New customers"),
    "Not covered": pgettext_lazy("limit", "Not covered"),
    "Cash of one customer": pgettext_lazy("limit", "Cash of one customer"),
}
"""Labels of `engine.appetite_form.LIMIT_NAMES`."""


def limit_label(name: str) -> str:
    """Return what a limit is called in the reader's language; a policy's own name as it stands."""
    return str(LABELS.get(name, name))
