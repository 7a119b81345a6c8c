"""Addresses of early payment, under /portal/."""

from django.urls import path

from dunwell.portal import offers

urlpatterns = [
    path("offers/", offers.portal_offers, name="portal-offers"),
    path("offers/<int:offer_id>/accept/", offers.portal_offer_accept, name="portal-offer-accept"),
]
