"""How channels of suppressed addresses are told."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

CHANNEL_NAMES = {
    "email": _("E-mail"),
    "sms": _("Short message"),
    "whatsapp": _("WhatsApp"),
    "voice": _("Call"),
}


@register.filter
def channel_name(channel: str) -> str:
    """Return the name of a channel that has addresses."""
    return str(CHANNEL_NAMES.get(channel, channel))
