"""Addresses of the pages about the credit policy, its ratings and its replays."""

from django.urls import path

from dunwell.web import credit_policies, credit_replays

urlpatterns = [
    path("credit-policy/", credit_policies.credit_policy_show, name="credit-policy"),
    path("credit-policy/try/", credit_policies.credit_policy_try, name="credit-try"),
    path(
        "credit-policy/<int:policy_id>/",
        credit_policies.credit_policy_show,
        name="credit-policy-version",
    ),
    path(
        "credit-policy/<int:policy_id>/replays/",
        credit_replays.credit_replay_order,
        name="credit-replay-order",
    ),
    path(
        "credit-policy/replays/<int:replay_id>/",
        credit_replays.credit_replay_show,
        name="credit-replay",
    ),
    path(
        "credit-policy/replays/<int:replay_id>/progress/",
        credit_replays.credit_replay_progress,
        name="credit-replay-progress",
    ),
    path(
        "credit-policy/replays/<int:replay_id>/export.<str:kind>",
        credit_replays.credit_replay_export,
        name="credit-replay-export",
    ),
    path("credit-policy/ratings/", credit_policies.credit_rating_list, name="credit-ratings"),
    path(
        "credit-policy/ratings/export.<str:kind>",
        credit_policies.credit_ratings_export,
        name="credit-ratings-export",
    ),
]
