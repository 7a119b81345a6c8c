"""Addresses of pages, being written."""

urlpatterns: list = []
