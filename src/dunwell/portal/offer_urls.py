"""Addresses of early payment, under /portal/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
