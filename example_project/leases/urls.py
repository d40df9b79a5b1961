from __future__ import annotations

from django.urls import path

from . import views

app_name = "leases"
urlpatterns = [
    path("", views.envelope_list, name="envelope-list"),
    path("envelopes/<uuid:envelope_id>/", views.envelope_detail, name="envelope"),
]
