"""A database role that may only sign in, made and dropped by a test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from kefu_admin.store.database import Store

ROLE = f"kefu_test_{os.getpid()}_role"
SECRET = "a1-b2-c3"


@contextmanager
def lesser_role(store: Store) -> Iterator[str]:
    """The URL of the role for the store's database; at the end it is gone with all it was given."""
    at = urlsplit(store.url)
    if store.dialect == "postgresql":
        store.execute(f"CREATE ROLE {ROLE} LOGIN PASSWORD '{SECRET}'")
    else:
        store.execute(f"CREATE USER '{ROLE}'@'%' IDENTIFIED BY '{SECRET}'")
        store.execute(f"CREATE USER '{ROLE}'@'localhost' IDENTIFIED BY '{SECRET}'")
    host = f"{at.hostname}:{at.port}" if at.port else str(at.hostname)
    yield at._replace(netloc=f"{ROLE}:{SECRET}@{host}").geturl()
    store.release()
    store.execute("""DELETE FROM "kefu_state" WHERE "key" = 'runtime_role'""")
    if store.dialect == "postgresql":
        store.execute(f"DROP OWNED BY {ROLE}")
        store.execute(f"DROP ROLE {ROLE}")
        store.execute("GRANT CREATE ON SCHEMA public TO PUBLIC")
    else:
        store.execute(f"DROP USER '{ROLE}'@'%', '{ROLE}'@'localhost'")
