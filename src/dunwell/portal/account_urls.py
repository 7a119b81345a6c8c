"""Addresses of what a debtor sees (items, statement, documents, orders), under /portal/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
