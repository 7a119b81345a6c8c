"""Addresses of the pages about readers of messages, under /intent-models/."""

from django.urls import path

from dunwell.web import intent_models

urlpatterns = [
    path("", intent_models.reader_list, name="intent-models"),
    path("train/", intent_models.reader_train, name="intent-train"),
    path("progress/", intent_models.reader_progress, name="intent-progress"),
    path("export.<str:kind>", intent_models.readers_export, name="intent-models-export"),
    path("<int:model_id>/", intent_models.reader_show, name="intent-model"),
    path("<int:model_id>/promote/", intent_models.reader_promote, name="intent-promote"),
    path("<int:model_id>/retire/", intent_models.reader_retire, name="intent-retire"),
]
