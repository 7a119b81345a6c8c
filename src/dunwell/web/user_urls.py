"""Addresses of the pages about people."""

from django.urls import path

from dunwell.web import users

urlpatterns = [
    path("", users.user_list, name="users"),
    path("add/", users.user_add, name="user-add"),
    path("<int:user_id>/roles/", users.user_roles, name="user-roles"),
    path("<int:user_id>/link/", users.user_link, name="user-link"),
    path("<int:user_id>/second-factor/", users.user_factor, name="user-factor"),
    path("<int:user_id>/remove/", users.user_remove, name="user-remove"),
]
