"""Backups: one file that holds everything, checked as a whole before a byte of it is believed.

`archive` the file: a ZIP, every bit of it under one keyed digest, sealed with a passphrase or a key
file where asked · `streams` what writes and reads through digest and cipher · `shapes` which tables
there are and how they are built · `rows` their rows as canonical lines, equal on every database ·
`manifest` what the file says of itself · `making` and `restoring` the two directions · `files` the
backups of a directory · `refusals` why one is not taken.

The form is ours and goes through the drivers: it needs no program of the database's, is the same on
all three, and may be restored on another of them (docs/adr/0016).
"""

from kefu_admin.store.backup.archive import Archive, Lock, opened
from kefu_admin.store.backup.files import backups, keep_newest, name_of
from kefu_admin.store.backup.making import Made, make
from kefu_admin.store.backup.manifest import Manifest
from kefu_admin.store.backup.refusals import BackupKeyUnreadable
from kefu_admin.store.backup.restoring import Restored, restore
from kefu_admin.store.backup.streams import key_of_file, key_of_passphrase

__all__ = [
    "Archive",
    "BackupKeyUnreadable",
    "Lock",
    "Made",
    "Manifest",
    "Restored",
    "backups",
    "keep_newest",
    "key_of_file",
    "key_of_passphrase",
    "make",
    "name_of",
    "opened",
    "restore",
]
