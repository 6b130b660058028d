"""Messages to people and their states; what a person's own software is told, and where it may look."""

from notifications.models.addresses import NOTICE_ADDRESS_FLOW, AddressState, NoticeAddress
from notifications.models.feeds import FeedAddress, FeedKind
from notifications.models.messages import Channel, Message, MessageState
from notifications.models.webhooks import (
    WEBHOOK_ENDPOINT_FLOW,
    EndpointState,
    HookState,
    HookTopic,
    WebhookDelivery,
    WebhookEndpoint,
)
from notifications.models.wishes import NoticeGroup, NoticeWishes, QuietHours

__all__ = [
    "NOTICE_ADDRESS_FLOW",
    "WEBHOOK_ENDPOINT_FLOW",
    "AddressState",
    "Channel",
    "EndpointState",
    "FeedAddress",
    "FeedKind",
    "HookState",
    "HookTopic",
    "Message",
    "MessageState",
    "NoticeAddress",
    "NoticeGroup",
    "NoticeWishes",
    "QuietHours",
    "WebhookDelivery",
    "WebhookEndpoint",
]
