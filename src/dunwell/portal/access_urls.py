"""Addresses of entering, leaving, colleagues, keys and settings, under /portal/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
