"""Addresses of the pages beside strategies: replays, and departures from a strategy by hand."""

from django.urls import path

from dunwell.web import overrides, replays

STEERING = [
    path("strategies/<int:version_id>/replay/", replays.replay_order, name="replay-order"),
    path("strategies/replays/<int:replay_id>/", replays.replay_show, name="replay"),
    path(
        "strategies/replays/<int:replay_id>/progress/",
        replays.replay_progress,
        name="replay-progress",
    ),
    path(
        "strategies/replays/<int:replay_id>/export.<str:kind>",
        replays.replay_export,
        name="replay-export",
    ),
    path(
        "customers/<int:customer_id>/overrides/",
        overrides.customer_overrides,
        name="customer-overrides",
    ),
    path("overrides/<int:override_id>/end/", overrides.override_end, name="override-end"),
]
"""Replays and overrides; part of `web.urls`."""
