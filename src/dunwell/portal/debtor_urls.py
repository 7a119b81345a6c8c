"""Addresses of the debtor's own pages, under /portal/: one list per part."""

from django.urls import include, path

urlpatterns = [
    path("", include("dunwell.portal.access_urls")),
    path("", include("dunwell.portal.account_urls")),
    path("", include("dunwell.portal.arrangement_urls")),
    path("", include("dunwell.portal.assistant_urls")),
    path("", include("dunwell.portal.pay_urls")),
    path("", include("dunwell.portal.offer_urls")),
]
