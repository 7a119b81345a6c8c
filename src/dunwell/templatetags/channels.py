"""How channels look: providers by name, states in words, prices finer than a currency's units."""

from decimal import Decimal

from babel.numbers import format_decimal
from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.money import NO_VALUE, locale

register = template.Library()

MICROS = 1_000_000
PROVIDERS = {
    "smtp": _("Mail server (SMTP)"),
    "postmark": "Postmark",
    "mailgun": "Mailgun",
    "brevo": "Brevo",
    "resend": "Resend",
    "mailjet": "Mailjet",
    "sparkpost": "SparkPost",
    "twilio": "Twilio",
    "twilio_whatsapp": _("WhatsApp by Twilio"),
    "meta": _("WhatsApp Cloud API"),
    "json": _("Own gateway (JSON)"),
    "task": _("A person calls"),
    "print": _("Printed and posted"),
    "portal": _("Notice in the portal"),
    "file": _("File outbox (test)"),
}
STATES = {
    "well": _("Works"),
    "untried": _("Not used yet"),
    "failing": _("Last hand-over failed"),
    "resting": _("Down, rests"),
    "ended": _("Ended"),
}
TONES = {"well": "chip-good", "failing": "chip-warn", "resting": "chip-bad"}


@register.simple_tag
def price(micros: int | None, currency: str) -> str:
    """Return millionths of a currency as text, to the last digit; a dash for none."""
    if micros is None or not currency:
        return NO_VALUE
    value = Decimal(micros) / MICROS
    text: str = format_decimal(value, "#,##0.00####", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}{currency}"


@register.filter
def provider_label(provider: str) -> str:
    """Return the name of a provider; a dash where none is known."""
    return str(PROVIDERS.get(provider, provider or NO_VALUE))


@register.filter
def channel_state(state: str) -> str:
    """Return the state of a channel in words."""
    return str(STATES.get(state, gettext(state)))


@register.filter
def channel_tone(state: str) -> str:
    """Return the class of a state's chip."""
    return TONES.get(state, "")


@register.filter
def share_of(part: int, whole: int) -> str:
    """Return a share in percent with one decimal; a dash of nothing."""
    if not whole:
        return NO_VALUE
    text: str = format_decimal(Decimal(part) * 100 / whole, "0.0", locale=locale())
    return f"{text}\N{NO-BREAK SPACE}%"
