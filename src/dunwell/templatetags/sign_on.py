"""Whether a page offers single sign-on, and under which name."""

from django import template
from django.conf import settings

register = template.Library()


@register.simple_tag
def single_sign_on() -> dict[str, object]:
    """Return the provider's `name` and whether it is the `only` way in; {} where there is none."""
    if not settings.OIDC_ISSUER:
        return {}
    return {"name": settings.OIDC_NAME, "only": settings.OIDC_ONLY}
