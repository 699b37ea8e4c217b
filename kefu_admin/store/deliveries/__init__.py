"""Deliveries: every event of the outbox to every receiver, at least once, in order per record.

- `rows`: a delivery as a value, and reading deliveries
- `sending`: handed on from the outbox, taken by one sender, kept as sent or failed
- `managing`: sent again or passed over by a person; forgotten

Of a record's events only the first that is not over may be taken; the others have no `due_ms` until
it is. So a receiver that refuses one record's event goes on hearing of all others, and finding what
is due stays one look into one index however much is held back. Rule: D13, R15.
"""

from kefu_admin.store.deliveries.managing import forget, resend, resend_parked, skip
from kefu_admin.store.deliveries.rows import (
    Delivery,
    DeliveryState,
    counts,
    deliveries,
    delivery,
    event_reference,
)
from kefu_admin.store.deliveries.sending import (
    LEASE_MS,
    PARKED_AFTER_MS,
    claim,
    failed,
    hand_on,
    milliseconds_until_due,
    sent,
)

__all__ = [
    "LEASE_MS",
    "PARKED_AFTER_MS",
    "Delivery",
    "DeliveryState",
    "claim",
    "counts",
    "deliveries",
    "delivery",
    "event_reference",
    "failed",
    "forget",
    "hand_on",
    "milliseconds_until_due",
    "resend",
    "resend_parked",
    "sent",
    "skip",
]
