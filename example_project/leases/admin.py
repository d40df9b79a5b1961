from __future__ import annotations

from django.contrib import admin

from .models import Lease


@admin.register(Lease)
class LeaseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # has no [] when run
    list_display = ["number", "address", "tenant", "monthly_rent", "state", "signed_at"]
    list_filter = ["state"]
    search_fields = ["number", "address", "tenant"]
