"""A session with a database: connections, statements, transactions. One for all threads."""

from kefu_admin.store.session.transactions import (
    TRIES,
    AbortedTransaction,
    NestedTransaction,
    Session,
)

__all__ = ["TRIES", "AbortedTransaction", "NestedTransaction", "Session"]
