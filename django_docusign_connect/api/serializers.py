"""What the API tells of each row, under the names of the models' fields."""

from __future__ import annotations

from datetime import timezone
from typing import Any, TypedDict

from django.db import models
from rest_framework import ISO_8601, serializers

from django_docusign_connect.models import (
    ConnectMessage,
    Envelope,
    EnvelopeDocument,
    EnvelopeEvent,
    Recipient,
)


class UtcDateTimeField(serializers.DateTimeField):
    """A time in ISO 8601 and UTC, whatever the project's zone and format are."""

    def __init__(self, **options: Any) -> None:
        super().__init__(format=ISO_8601, default_timezone=timezone.utc, **options)


class RowSerializer(serializers.ModelSerializer[Any]):
    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.DateTimeField: UtcDateTimeField,
    }


class Target(TypedDict):
    """An object of the project's: its model as ``app.model``, and its key."""

    type: str
    id: str | None


class EnvelopeSerializer(RowSerializer):
    """An envelope in a list."""

    custom_fields = serializers.DictField(child=serializers.CharField(), read_only=True)
    target = serializers.SerializerMethodField()

    class Meta:
        model = Envelope
        fields = [
            "envelope_id",
            "account_id",
            "status",
            "subject",
            "sender_name",
            "sender_email",
            "created_at",
            "initial_sent_at",
            "sent_at",
            "delivered_at",
            "completed_at",
            "declined_at",
            "voided_at",
            "voided_reason",
            "expires_at",
            "status_changed_at",
            "last_event_at",
            "changed_at",
            "custom_fields",
            "target",
        ]
        read_only_fields = fields

    def get_target(self, envelope: Envelope) -> Target | None:
        kind = envelope.target_type
        if kind is None:
            return None
        return {"type": f"{kind.app_label}.{kind.model}", "id": envelope.target_id}


class RecipientSerializer(RowSerializer):
    class Meta:
        model = Recipient
        fields = [
            "recipient_id",
            "recipient_id_guid",
            "type",
            "name",
            "email",
            "role_name",
            "routing_order",
            "status",
            "sent_at",
            "delivered_at",
            "signed_at",
            "declined_at",
            "declined_reason",
            "authentication_failed_at",
            "auto_responded_reason",
            "client_user_id",
        ]
        read_only_fields = fields


class DocumentSerializer(RowSerializer):
    url = serializers.SerializerMethodField()

    class Meta:
        model = EnvelopeDocument
        fields = [
            "document_id",
            "name",
            "type",
            "order",
            "size",
            "sha256",
            "content_type",
            "url",
        ]
        read_only_fields = fields

    def get_url(self, document: EnvelopeDocument) -> str | None:
        """Return where the file is read; None if no message brought it."""
        if not document.file:
            return None
        view = self.context["view"]
        url: str = view.reverse_action(
            "document",
            kwargs={
                "envelope_id": view.kwargs["envelope_id"],
                "document_id": document.document_id,
            },
        )
        return url


class EnvelopeDetailSerializer(EnvelopeSerializer):
    """An envelope with its recipients and documents."""

    recipients = RecipientSerializer(many=True, read_only=True)
    documents = DocumentSerializer(many=True, read_only=True)

    class Meta(EnvelopeSerializer.Meta):
        fields = [*EnvelopeSerializer.Meta.fields, "recipients", "documents"]
        read_only_fields = fields


class EventRecipientSerializer(RowSerializer):
    """Who an event is about: enough to find or show the recipient."""

    class Meta:
        model = Recipient
        fields = ["recipient_id", "recipient_id_guid", "type", "name", "email"]
        read_only_fields = fields


class EventSerializer(RowSerializer):
    """An event of a timeline; ``message`` is the key of the one that tells of it."""

    recipient = EventRecipientSerializer(read_only=True, allow_null=True)

    class Meta:
        model = EnvelopeEvent
        fields = [
            "name",
            "occurred_at",
            "received_at",
            "recipient",
            "message",
            "source",
            "is_late",
            "is_inferred",
        ]
        read_only_fields = fields


class MessageSerializer(RowSerializer):
    """A message in a list, without its body."""

    class Meta:
        model = ConnectMessage
        fields = [
            "id",
            "listener",
            "source",
            "received_at",
            "content_type",
            "size",
            "digest",
            "identity",
            "format",
            "event",
            "account_id",
            "envelope_id",
            "configuration_id",
            "generated_at",
            "retry_count",
            "duplicates",
            "last_received_at",
            "key_fingerprint",
            "status",
            "attempts",
            "next_attempt_at",
            "error",
            "processed_at",
        ]
        read_only_fields = fields


class MessageDetailSerializer(MessageSerializer):
    class Meta(MessageSerializer.Meta):
        fields = [*MessageSerializer.Meta.fields, "traceback"]
        read_only_fields = fields
