"""What the recorded messages say, read from the files by hand.

Times are in UTC; those of the XML files are written there in a zone of -7 hours.
What a message does not tell is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The rows that one message makes.

    An event is its name, the name (or else the id) of its recipient, and its time.
    """

    message: Row
    envelope: Row | None = None
    recipients: tuple[Row, ...] = ()
    events: tuple[tuple[str, str, str], ...] = ()
    is_inferred: bool = True
    documents: tuple[Row, ...] = ()


EMAILS = {"email": "person1@example.com"}
LARRY = {"name": "Larry Sample", **EMAILS}
ZOE = {"name": "Zoë Ångström", **EMAILS}

LARRY_ENVELOPE = {
    "account_id": "4197223",
    "subject": "Please sign this document",
    "sender_name": "Larry Sample",
    "sender_email": "person1@example.com",
    "created_at": "2020-03-29 06:56:33.343",
}
LOREM = {"document_id": "3", "name": "Lorem Ipsum", "type": "content", "order": "1"}

PEOPLEDOC = {
    "account_id": "492035",
    "subject": "This is the subject",
    "sender_name": "Zoë Ångström",
    "sender_email": "person2@example.com",
}
TEST_32 = {
    **PEOPLEDOC,
    "envelope_id": "62d077fc-e912-4854-acac-da30a7c9854b",
    "created_at": "2014-09-16 10:07:49.06",
    "sent_at": "2014-09-16 10:07:49.323",
}
TEST_32_MESSAGE = {
    "format": "xml",
    "account_id": "492035",
    "envelope_id": "62d077fc-e912-4854-acac-da30a7c9854b",
    "status": "processed",
}
TEST_32_SIGNER = {
    **ZOE,
    "recipient_id_guid": "10ca30ab-6ab0-4a20-9e4f-3ac5975ba7cd",
    "type": "signer",
    "routing_order": "1",
    "sent_at": "2014-09-16 10:07:49.277",
    "client_user_id": "6",
}
TEST_32_PDF = {
    "document_id": "1",
    "name": "signatures/test_32.pdf",
    "type": "content",
    "order": "1",
}
TEST_32_EVENTS = (
    ("envelope-created", "", "2014-09-16 10:07:49.06"),
    ("recipient-sent", "Zoë Ångström", "2014-09-16 10:07:49.277"),
    ("envelope-sent", "", "2014-09-16 10:07:49.323"),
    ("recipient-delivered", "Zoë Ångström", "2014-09-16 10:25:52.403"),
    ("envelope-delivered", "", "2014-09-16 10:25:52.467"),
    ("recipient-completed", "Zoë Ångström", "2014-09-16 10:28:35.847"),
    ("envelope-completed", "", "2014-09-16 10:28:35.863"),
)

SAMPLES = {
    "json/envelope_completed_full.json": Rows(
        message={
            "format": "sim",
            "event": "envelope-completed",
            "account_id": "ebeffd2b-d050-4e1a-beae-787ac2aab843",
            "envelope_id": "7a5f1e05-6b6b-445e-9ec0-b8531bacca38",
            "configuration_id": "10055427",
            "generated_at": "2022-09-22 15:22:53.458074",
            "status": "processed",
        },
        envelope={
            "envelope_id": "7a5f1e05-6b6b-445e-9ec0-b8531bacca38",
            "account_id": "ebeffd2b-d050-4e1a-beae-787ac2aab843",
            "status": "completed",
            "subject": "Please DocuSign: 1661781086_CE TEMPLATE 01.pdf",
            "sender_name": "Jo Sample",
            "sender_email": "person1@example.com",
            "created_at": "2022-09-22 15:19:24.5",
            "initial_sent_at": "2022-09-22 15:19:41.09",
            "sent_at": "2022-09-22 15:19:41.09",
            "delivered_at": "2022-09-22 15:22:50.543",
            "completed_at": "2022-09-22 15:22:52.92",
            "expires_at": "2023-01-20 15:19:41.09",
            "status_changed_at": "2022-09-22 15:22:52.92",
            "last_event_at": "2022-09-22 15:22:52.92",
        },
        recipients=(
            {
                "recipient_id": "98969862",
                "recipient_id_guid": "4cf8e55c-b611-4ab5-bddd-9bc640bfc911",
                "type": "signer",
                "name": "Jo Sample",
                "email": "person1@example.com",
                "routing_order": "1",
                "status": "completed",
                "sent_at": "2022-09-22 15:19:41.043",
                "delivered_at": "2022-09-22 15:22:50.373",
                "signed_at": "2022-09-22 15:22:52.92",
            },
        ),
        events=(("envelope-completed", "", "2022-09-22 15:22:52.92"),),
        is_inferred=False,
        documents=(
            {
                "document_id": "1",
                "name": "1661781086_CE TEMPLATE 01.pdf",
                "type": "content",
                "order": "1",
            },
            {
                "document_id": "certificate",
                "name": "Summary",
                "type": "summary",
                "order": "999",
            },
        ),
    ),
    "json/envelope_completed_minimal.json": Rows(
        message={
            "format": "sim",
            "event": "envelope-completed",
            "account_id": "8b411bfe-54f5-47fc-bbf2-55d9a71a200f",
            "envelope_id": "71799c95-8417-4b16-90d5-86ff24a91d09",
            "configuration_id": "10363315",
            "generated_at": "2022-12-09 18:32:13.299",
            "status": "processed",
        },
        envelope={
            "envelope_id": "71799c95-8417-4b16-90d5-86ff24a91d09",
            "account_id": "8b411bfe-54f5-47fc-bbf2-55d9a71a200f",
            "status": "completed",
            "completed_at": "2022-12-09 18:32:13.299",
            "status_changed_at": "2022-12-09 18:32:13.299",
            "last_event_at": "2022-12-09 18:32:13.299",
        },
        events=(("envelope-completed", "", "2022-12-09 18:32:13.299"),),
        is_inferred=False,
    ),
    "json/recipient_completed_minimal.json": Rows(
        message={
            "format": "sim",
            "event": "recipient-completed",
            "account_id": "8b411bfe-54f5-47fc-bbf2-55d9a71a200f",
            "envelope_id": "71799c95-8417-4b16-90d5-86ff24a91d09",
            "configuration_id": "10363315",
            "generated_at": "2022-12-09 18:29:29.736",
            "status": "processed",
        },
        envelope={
            "envelope_id": "71799c95-8417-4b16-90d5-86ff24a91d09",
            "account_id": "8b411bfe-54f5-47fc-bbf2-55d9a71a200f",
            "last_event_at": "2022-12-09 18:29:29.736",
        },
        recipients=(
            {
                "recipient_id": "1",
                "status": "completed",
                "signed_at": "2022-12-09 18:29:29.736",
            },
        ),
        events=(("recipient-completed", "1", "2022-12-09 18:29:29.736"),),
        is_inferred=False,
    ),
    "json/recipient_sent_docs_example.json": Rows(
        message={
            "format": "sim",
            "event": "recipient-sent",
            "account_id": "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx",
            "configuration_id": "xxxxxxx",
            "status": "processed",
            "error": "It names no envelope by a GUID.",
        },
    ),
    "xml/official_aws_sent.xml": Rows(
        message={
            "format": "xml",
            "account_id": "4197223",
            "envelope_id": "08740f95-2187-4b01-9a69-111111111111",
            "generated_at": "2020-03-29 06:56:53.967832",
            "status": "processed",
        },
        envelope={
            **LARRY_ENVELOPE,
            "envelope_id": "08740f95-2187-4b01-9a69-111111111111",
            "status": "sent",
            "sent_at": "2020-03-29 06:56:33.89",
            "status_changed_at": "2020-03-29 06:56:33.89",
            "last_event_at": "2020-03-29 06:56:33.89",
        },
        recipients=(
            {
                **LARRY,
                "recipient_id_guid": "994d45c0-3d06-4174-1111-111111111111",
                "type": "signer",
                "routing_order": "1",
                "status": "sent",
                "sent_at": "2020-03-29 06:56:33.873",
                "client_user_id": "1000",
            },
            {
                **LARRY,
                "recipient_id_guid": "4e569d35-e07b-4917-1111-111111111111",
                "type": "carbonCopy",
                "routing_order": "2",
                "status": "created",
            },
        ),
        events=(
            ("envelope-created", "", "2020-03-29 06:56:33.343"),
            ("recipient-sent", "Larry Sample", "2020-03-29 06:56:33.873"),
            ("envelope-sent", "", "2020-03-29 06:56:33.89"),
        ),
        documents=(LOREM,),
    ),
    "xml/official_aws_completed.xml": Rows(
        message={
            "format": "xml",
            "account_id": "4197223",
            "envelope_id": "08740f95-2187-4b01-9a69-452ae3140752",
            "generated_at": "2020-03-29 06:57:15.108547",
            "status": "processed",
        },
        envelope={
            **LARRY_ENVELOPE,
            "envelope_id": "08740f95-2187-4b01-9a69-452ae3140752",
            "status": "completed",
            "sent_at": "2020-03-29 06:56:54.59",
            "delivered_at": "2020-03-29 06:56:54.59",
            "completed_at": "2020-03-29 06:56:54.59",
            "status_changed_at": "2020-03-29 06:56:54.59",
            "last_event_at": "2020-03-29 06:57:15.108547",
        },
        recipients=(
            {
                **LARRY,
                "recipient_id_guid": "994d45c0-3d06-4174-9d53-70d15683c0e2",
                "type": "signer",
                "routing_order": "1",
                "status": "completed",
                "sent_at": "2020-03-29 06:56:33.873",
                "delivered_at": "2020-03-29 06:56:46.887",
                "signed_at": "2020-03-29 06:56:54.043",
                "client_user_id": "1000",
            },
            {
                **LARRY,
                "recipient_id_guid": "4e569d35-e07b-4917-8458-cad6e3eb9f50",
                "type": "carbonCopy",
                "routing_order": "2",
                "status": "completed",
                "sent_at": "2020-03-29 06:56:54.53",
            },
        ),
        events=(
            ("envelope-created", "", "2020-03-29 06:56:33.343"),
            ("recipient-sent", "Larry Sample", "2020-03-29 06:56:33.873"),
            ("recipient-delivered", "Larry Sample", "2020-03-29 06:56:46.887"),
            ("recipient-completed", "Larry Sample", "2020-03-29 06:56:54.043"),
            ("recipient-sent", "Larry Sample", "2020-03-29 06:56:54.53"),
            ("envelope-sent", "", "2020-03-29 06:56:54.59"),
            ("envelope-delivered", "", "2020-03-29 06:56:54.59"),
            ("envelope-completed", "", "2020-03-29 06:56:54.59"),
            ("recipient-completed", "Larry Sample", "2020-03-29 06:57:15.108547"),
        ),
        documents=(LOREM,),
    ),
    "xml/peopledoc_sent.xml": Rows(
        message={**TEST_32_MESSAGE, "generated_at": "2014-09-16 10:08:09.210928"},
        envelope={
            **TEST_32,
            "status": "sent",
            "status_changed_at": "2014-09-16 10:07:49.323",
            "last_event_at": "2014-09-16 10:07:49.323",
        },
        recipients=({**TEST_32_SIGNER, "status": "sent"},),
        events=TEST_32_EVENTS[:3],
        documents=(TEST_32_PDF,),
    ),
    "xml/peopledoc_delivered.xml": Rows(
        message={**TEST_32_MESSAGE, "generated_at": "2014-09-16 10:26:13.4003"},
        envelope={
            **TEST_32,
            "status": "delivered",
            "delivered_at": "2014-09-16 10:25:52.467",
            "status_changed_at": "2014-09-16 10:25:52.467",
            "last_event_at": "2014-09-16 10:25:52.467",
        },
        recipients=(
            {
                **TEST_32_SIGNER,
                "status": "delivered",
                "delivered_at": "2014-09-16 10:25:52.403",
            },
        ),
        events=TEST_32_EVENTS[:5],
        documents=(TEST_32_PDF,),
    ),
    "xml/peopledoc_completed.xml": Rows(
        message={**TEST_32_MESSAGE, "generated_at": "2014-09-16 10:28:58.121756"},
        envelope={
            **TEST_32,
            "status": "completed",
            "delivered_at": "2014-09-16 10:25:52.467",
            "completed_at": "2014-09-16 10:28:35.863",
            "status_changed_at": "2014-09-16 10:28:35.863",
            "last_event_at": "2014-09-16 10:28:35.863",
        },
        recipients=(
            {
                **TEST_32_SIGNER,
                "status": "completed",
                "delivered_at": "2014-09-16 10:25:52.403",
                "signed_at": "2014-09-16 10:28:35.847",
            },
        ),
        events=TEST_32_EVENTS,
        documents=(TEST_32_PDF,),
    ),
    "xml/peopledoc_declined.xml": Rows(
        message={
            "format": "xml",
            "account_id": "492035",
            "envelope_id": "e9708096-6e41-48e6-b24f-334aadaa93af",
            "generated_at": "2014-09-16 10:46:52.964643",
            "status": "processed",
        },
        envelope={
            **PEOPLEDOC,
            "envelope_id": "e9708096-6e41-48e6-b24f-334aadaa93af",
            "status": "declined",
            "created_at": "2014-09-16 10:44:58.943",
            "sent_at": "2014-09-16 10:44:59.193",
            "declined_at": "2014-09-16 10:46:32.223",
            "status_changed_at": "2014-09-16 10:46:32.223",
            "last_event_at": "2014-09-16 10:46:32.223",
        },
        recipients=(
            {
                **ZOE,
                "recipient_id_guid": "2867656e-d8f0-482c-98b5-74bc62df5167",
                "type": "signer",
                "routing_order": "1",
                "status": "declined",
                "sent_at": "2014-09-16 10:44:59.147",
                "declined_at": "2014-09-16 10:46:32.177",
                "declined_reason": "Je ne signerai pas un test !",
                "client_user_id": "9",
            },
        ),
        events=(
            ("envelope-created", "", "2014-09-16 10:44:58.943"),
            ("recipient-sent", "Zoë Ångström", "2014-09-16 10:44:59.147"),
            ("envelope-sent", "", "2014-09-16 10:44:59.193"),
            ("recipient-declined", "Zoë Ångström", "2014-09-16 10:46:32.177"),
            ("envelope-declined", "", "2014-09-16 10:46:32.223"),
        ),
        documents=(
            {
                "document_id": "1",
                "name": "signatures/test_35.pdf",
                "type": "content",
                "order": "1",
            },
        ),
    ),
    "xml/malformed.xml": Rows(
        message={
            "format": "xml",
            "generated_at": "2010-06-26 16:19:45.771206",
            "status": "failed",
            "error": "UnreadableMessage: The XML has no EnvelopeID that is a GUID.",
        },
    ),
}
