"""Why a backup is not made or not taken: one class per reason."""

from __future__ import annotations

from kefu_admin.problems import Refusal


class BackupDamaged(Refusal):
    """The file is not what was written: bits differ, or its end is missing. facts: path."""

    code = "backup_damaged"


class NoBackup(Refusal):
    """The file is none of ours, or cut off before its end. facts: path."""

    code = "backup_none"


class BackupForeign(Refusal):
    """Signed with the secret of another installation. facts: path."""

    code = "backup_foreign"


class BackupLocked(Refusal):
    """Encrypted, and no key was given. facts: path, kind (passphrase, file)."""

    code = "backup_locked"


class BackupKeyWrong(Refusal):
    """Encrypted, and the key given does not open it. facts: path."""

    code = "backup_key_wrong"


class BackupFormat(Refusal):
    """In a form this release does not read. facts: path, version (that wrote it), format."""

    code = "backup_format"


class BackupConfig(Refusal):
    """Its definition is not understood by this release. facts: path, version, why."""

    code = "backup_config"


class TargetNotEmpty(Refusal):
    """A restore goes only where nothing is. facts: what (tables or files found)."""

    code = "restore_not_empty"


class RestoredDiffers(Refusal):
    """What was written does not read back as what was archived; everything was undone. facts:
    table."""

    code = "restore_differs"


class BackupRunning(Refusal):
    """Another process is making a backup in the same directory."""

    code = "backup_running"


class BackupKeyShort(Refusal):
    """A key file or passphrase one could guess."""

    code = "backup_key_short"


class BackupKeyUnreadable(Refusal):
    """The key file a backup is to be encrypted with cannot be read. facts: path, why."""

    code = "key_unreadable"


class BackupUnwritable(Refusal):
    """The directory cannot be written, or the disk is full. facts: path, why."""

    code = "backup_unwritable"
