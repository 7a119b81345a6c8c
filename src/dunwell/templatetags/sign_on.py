"""Whether a page offers single sign-on, and under which name."""

from django import template

from dunwell.queries.identities import sign_on_way

register = template.Library()


@register.simple_tag
def single_sign_on() -> dict[str, object]:
    """Return the provider's `name` and whether it is the `only` way in; {} where there is none."""
    way = sign_on_way()
    return {} if way is None else {"name": way.name, "only": way.is_only}
