from __future__ import annotations

from django.urls import path

from . import views

app_name = "leases"
urlpatterns = [
    path("", views.envelope_list, name="envelope-list"),
    path("counts/", views.envelope_counts, name="envelope-counts"),
    path("envelopes/<uuid:envelope_id>/", views.envelope_detail, name="envelope"),
    path("envelopes/<uuid:envelope_id>/live/", views.envelope_live, name="live"),
]
