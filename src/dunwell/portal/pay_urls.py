"""Addresses of paying, under /portal/."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
