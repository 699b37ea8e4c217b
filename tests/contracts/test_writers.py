"""Each table has one writer; records have `store.change`."""

from __future__ import annotations

import re
from pathlib import Path

from kefu_admin.store.fixed import FIXED_TABLES

PACKAGE = Path(__file__).parents[2] / "kefu_admin"
WRITERS = {
    "kefu_department": {"store/accounts/"},
    "kefu_user": {"store/accounts/"},
    "kefu_user_role": {"store/accounts/"},
    "kefu_password_history": {"store/accounts/"},
    "kefu_session": {"store/sessions.py"},
    "kefu_throttle": {"store/throttle.py"},
    "kefu_token": {"store/tokens.py"},
    "kefu_audit": {"store/audit.py"},
    "kefu_seal": {"store/seal/"},
    "kefu_lease": {"store/lease.py"},
    "kefu_history": {"store/history.py"},
    "kefu_bin": {"store/bin.py"},
    "kefu_outbox": {"store/outbox.py"},
    "kefu_dated_value": {"store/dated.py"},
    "kefu_idempotency": {"store/idempotency.py"},
    "kefu_counter": {"store/numbers.py"},
    "kefu_void_number": {"store/numbers.py"},
    "kefu_batch": {"store/batches/"},
    "kefu_batch_row": {"store/batches/"},
    "kefu_import": {"store/batches/"},
    "kefu_import_row": {"store/batches/"},
    "kefu_draft": {"store/drafts.py"},
    "kefu_merge": {"store/merges/"},
    "kefu_merge_row": {"store/merges/", "store/renames.py"},
    "kefu_attachment": {"store/attachments.py", "store/renames.py"},
    "kefu_definition": {"store/apply/"},
    "kefu_apply_step": {"store/apply/"},
    "kefu_backfill": {"store/carrying/"},
    "kefu_state": {"store/state.py", "store/search/"},
    "kefu_search_type": {"store/search/"},
    "kefu_job": {"store/jobs/"},
    "kefu_delivery": {"store/deliveries/"},
    "kefu_view": {"store/views.py"},
    "kefu_taste": {"store/views.py"},
}
# statements on tables named by a variable: records, their kept values, changes of the schema,
# the search index, the rows of a restore, and the two fixed tables of sign-in secrets
RECORDS = {
    "store/change/",
    "store/rollups.py",
    "store/alter.py",
    "store/renames.py",
    "store/apply/",
    "store/carrying/",
    "store/search/",
    "store/accounts/secrets.py",
    "store/backup/",
    "store/inserts.py",  # its callers name the table
}

_NAMED = re.compile(
    r'(?:(?:INSERT INTO|UPDATE|DELETE FROM) \\?"|inserts\.many\(\s*store, ")(kefu_[a-z_]+)'
)
_ANY = re.compile(r'(?:INSERT INTO|DELETE FROM|(?<!FOR )UPDATE) (?:\{|\\?"\{)')
_MODEL = re.compile(r"\.(?:insert_many|bulk_create|bulk_update|save)\(")


def sources() -> dict[str, str]:
    """Every module of the package, by its path in it."""
    return {
        str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8")
        for path in PACKAGE.rglob("*.py")
    }


def test_every_fixed_table_has_its_writer_listed() -> None:
    assert {table.name for table in FIXED_TABLES} == WRITERS.keys()


def test_no_other_module_writes_a_fixed_table() -> None:
    found = {
        (path, table)
        for path, text in sources().items()
        for table in _NAMED.findall(text)
        if not path.startswith(tuple(WRITERS.get(table, ())))
    }

    assert found == set()


def test_every_listed_writer_writes() -> None:
    written = {
        (table, writer)
        for path, text in sources().items()
        for table in _NAMED.findall(text)
        for writer in WRITERS.get(table, ())
        if path.startswith(writer)
    }

    assert written == {(table, writer) for table, some in WRITERS.items() for writer in some}


def test_only_the_write_path_writes_records() -> None:
    found = {
        path
        for path, text in sources().items()
        if _ANY.search(text) and not path.startswith(tuple(RECORDS))
    }

    assert found == set()


def test_rows_in_bulk_go_to_a_table_named_on_the_spot() -> None:
    unnamed = re.compile(r'inserts\.many\((?!\s*store, "kefu_)')

    assert {path for path, text in sources().items() if unnamed.search(text)} == set()


def test_rows_in_bulk_get_ids_in_the_write_path_only() -> None:
    named = re.compile(r"inserts\.(with_ids|under_ids|fill)\(")

    found = {path for path, text in sources().items() if named.search(text)}

    assert found == {"store/change/writing.py"}


def test_nobody_saves_past_the_store() -> None:
    assert {path for path, text in sources().items() if _MODEL.search(text)} == set()
