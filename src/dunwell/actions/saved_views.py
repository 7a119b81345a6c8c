"""Views that people keep: a page with its filter, under a name of their own."""

from datetime import datetime

from django.db import transaction
from django.utils.http import url_has_allowed_host_and_scheme

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import needed
from dunwell.models import SavedView

MOST_VIEWS = 100
LONGEST_PATH = 200
LONGEST_QUERY = 1000


@transaction.atomic
def save_view(
    *, actor: Actor, name: str, address: str, is_shared: bool, at: datetime
) -> SavedView:
    """Keep a page of ours with its filter; the same name again replaces the view.

    `address` is a path with its query. Raises Refused for another site and for too many.
    """
    actor.require("view.save")
    told = needed(text=name, most=80, what="name", missing="Give the view a name.")
    path, _, query = address.strip().partition("?")
    if not path.startswith("/") or not url_has_allowed_host_and_scheme(path, allowed_hosts=None):
        raise Refused("Only a page of this desk can be kept: open it and save it from there.")
    if len(path) > LONGEST_PATH or len(query) > LONGEST_QUERY or "\0" in address:
        raise Refused("The address of the page is too long to be kept: use fewer filters.")
    mine = SavedView.objects.filter(company=actor.company, owner_id=actor.user_id)
    if not mine.filter(name=told).exists() and mine.count() >= MOST_VIEWS:
        raise Refused(f"You keep {MOST_VIEWS} views already; remove one first.")
    view, _ = SavedView.objects.update_or_create(
        company=actor.company,
        owner_id=actor.user_id,
        name=told,
        defaults={"path": path, "query": query, "is_shared": is_shared, "recorded_at": at},
    )
    record_event(actor, "view.saved", view, at=at, name=told, is_shared=is_shared)
    return view


@transaction.atomic
def remove_view(*, actor: Actor, name: str, at: datetime) -> bool:
    """Remove a view of one's own by its name; return whether there was one."""
    actor.require("view.save")
    view = SavedView.objects.filter(
        company=actor.company, owner_id=actor.user_id, name=name
    ).first()
    if view is None:
        return False
    record_event(actor, "view.removed", view, at=at, name=view.name)
    SavedView.objects.filter(pk=view.pk).delete()
    return True
