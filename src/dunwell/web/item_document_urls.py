"""Addresses of the papers of items, under /documents/."""

from django.urls import path

from dunwell.web import item_documents

urlpatterns = [
    path("", item_documents.document_list, name="item-documents"),
    path("file/", item_documents.documents_file, name="item-documents-file"),
    path("export.<str:kind>", item_documents.documents_export, name="item-documents-export"),
    path("items/<int:item_id>/", item_documents.documents_of, name="item-documents-of"),
    path("items/<int:item_id>/add/", item_documents.document_add, name="item-document-add"),
    path("<int:document_id>/", item_documents.document_get, name="item-document"),
    path("<int:document_id>/remove/", item_documents.document_remove, name="item-document-remove"),
]
