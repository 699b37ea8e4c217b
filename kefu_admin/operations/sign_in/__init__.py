"""Signing in and out, and the person behind a session.

- `entering`: sign_in with login and password; admit, where every other way in ends, also those an
  extension adds · `staying`: session, sign_out · `own_password`: change_password ·
  `locked`: locked_until, open_again · `begun`: what they share

Whoever is refused gets one answer and waits equally long, whether the login is unknown, the
password wrong, the account locked or disabled. Tries are counted before the password is looked at,
so that many at once do not get more of them. Rules: D21, D25, D30; S13, S14.
"""

from kefu_admin.behaviours.passwords import PasswordProfile, is_hashing
from kefu_admin.operations.sign_in.begun import Session, profile_of
from kefu_admin.operations.sign_in.entering import (
    PER_SOURCE,
    BackEnd,
    admit,
    sign_in,
)
from kefu_admin.operations.sign_in.locked import PER_ACCOUNT, locked_until, open_again
from kefu_admin.operations.sign_in.own_password import change_password, check_new_password
from kefu_admin.operations.sign_in.staying import SignedIn, session, sign_out

__all__ = [
    "PER_ACCOUNT",
    "PER_SOURCE",
    "BackEnd",
    "PasswordProfile",
    "Session",
    "SignedIn",
    "admit",
    "change_password",
    "check_new_password",
    "is_hashing",
    "locked_until",
    "open_again",
    "profile_of",
    "session",
    "sign_in",
    "sign_out",
]
