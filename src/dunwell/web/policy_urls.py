"""Addresses of the pages about policy documents of every kind, under /policies/."""

from django.urls import path

from dunwell.web import policies

urlpatterns = [
    path("", policies.policy_kinds, name="policies"),
    path("<str:policy_kind>/", policies.policy_list, name="policy-kind"),
    path("<str:policy_kind>/draft/", policies.policy_draft, name="policy-draft"),
    path("<str:policy_kind>/<int:policy_id>/", policies.policy_show, name="policy"),
    path(
        "<str:policy_kind>/<int:policy_id>/publish/",
        policies.policy_publish,
        name="policy-publish",
    ),
    path(
        "<str:policy_kind>/<int:policy_id>/discard/",
        policies.policy_discard,
        name="policy-discard",
    ),
]
