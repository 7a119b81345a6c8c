"""Addresses of conversations, under /conversations/."""

from django.urls import path

from dunwell.web import conversations

urlpatterns = [
    path("", conversations.conversation_list, name="conversations"),
    path("<int:conversation_id>/", conversations.conversation_show, name="conversation"),
    path(
        "<int:conversation_id>/assign/",
        conversations.conversation_assign,
        name="conversation-assign",
    ),
    path("<int:conversation_id>/link/", conversations.conversation_link, name="conversation-link"),
    path(
        "<int:conversation_id>/<str:move>/",
        conversations.conversation_move,
        name="conversation-move",
    ),
]
