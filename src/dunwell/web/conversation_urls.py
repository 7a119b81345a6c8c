"""Addresses of conversations, under /conversations/."""

from django.urls import path

from dunwell.web import conversation_steps, conversations

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
        "export.<str:kind>", conversation_steps.conversations_export, name="conversations-export"
    ),
    path(
        "<int:conversation_id>/items/",
        conversation_steps.conversation_item_add,
        name="conversation-item-add",
    ),
    path(
        "<int:conversation_id>/items/<int:item_id>/remove/",
        conversation_steps.conversation_item_remove,
        name="conversation-item-remove",
    ),
    path(
        "<int:conversation_id>/merge/",
        conversation_steps.conversation_merge,
        name="conversation-merge",
    ),
    path(
        "<int:conversation_id>/split/<int:inbound_id>/",
        conversation_steps.conversation_split,
        name="conversation-split",
    ),
    path(
        "<int:conversation_id>/<str:move>/",
        conversations.conversation_move,
        name="conversation-move",
    ),
]
