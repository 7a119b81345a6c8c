"""Addresses of the pages about policy documents of every kind, under /policies/."""

from django.urls import path

from dunwell.web import policies

urlpatterns = [
    path("", policies.policy_kinds, name="policies"),
    path("<str:kind>/", policies.policy_list, name="policy-kind"),
    path("<str:kind>/draft/", policies.policy_draft, name="policy-draft"),
    path("<str:kind>/<int:version_id>/", policies.policy_show, name="policy"),
    path("<str:kind>/<int:version_id>/publish/", policies.policy_publish, name="policy-publish"),
    path("<str:kind>/<int:version_id>/discard/", policies.policy_discard, name="policy-discard"),
]
