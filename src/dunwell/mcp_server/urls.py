"""Where tools are reached."""

from django.urls import path

from dunwell.mcp_server.http import endpoint

urlpatterns = [path("", endpoint, name="mcp")]
