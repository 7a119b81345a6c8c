"""What the studio's forms ask: one text of a template, or the whole document as YAML."""

from django import forms
from django.utils.translation import gettext_lazy as _

from dunwell.engine.placeholders import BLOCKS, VALUES
from dunwell.engine.wording import LONGEST_SUBJECT, LONGEST_WORDING

PALETTE = tuple((f"{{{name}}}", text) for name, text in {**VALUES, **BLOCKS}.items())
"""Placeholders a text may use, with what each says."""


class TextForm(forms.Form):
    """One text with its placeholders, from which day on, and with whose items it is shown."""

    subject = forms.CharField(label=_("Subject"), max_length=LONGEST_SUBJECT)
    body = forms.CharField(
        label=_("Text"),
        max_length=LONGEST_WORDING,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 22, "class": "code"}),
    )
    valid_from = forms.DateField(
        label=_("Applies from"), widget=forms.DateInput(attrs={"type": "date"}), required=False
    )
    customer = forms.CharField(
        label=_("Shown with the items of customer"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"list": "customers", "autocomplete": "off"}),
    )
