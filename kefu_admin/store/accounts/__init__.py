"""Departments, people and the roles they hold: the only writer of their tables.

Every write happens in the caller's transaction, checks the version, and leaves an audit line. What
cuts a person's access (disabling, other roles, another department, a new password) raises
`auth_epoch`: sessions opened before no longer count, from the next request on, everywhere. Who may
do what is for `operations.accounts`.
"""

from kefu_admin.store.accounts.departments import (
    Department,
    create_department,
    department,
    departments,
    placed_holders,
    placed_people,
    update_department,
)
from kefu_admin.store.accounts.people import (
    Person,
    active_holders,
    demo_ids,
    holders_by_role,
    names,
    normal_login,
    people,
    person,
    person_by_login,
)
from kefu_admin.store.accounts.people_writing import create_person, update_person
from kefu_admin.store.accounts.secrets import (
    NO_PASSWORD,
    former_passwords,
    password_hash,
    retire,
    set_password,
    signed_in,
    upgrade_hash,
    void_password,
)

__all__ = [
    "NO_PASSWORD",
    "Department",
    "Person",
    "active_holders",
    "create_department",
    "create_person",
    "demo_ids",
    "department",
    "departments",
    "former_passwords",
    "holders_by_role",
    "names",
    "normal_login",
    "password_hash",
    "people",
    "person",
    "person_by_login",
    "placed_holders",
    "placed_people",
    "retire",
    "set_password",
    "signed_in",
    "update_department",
    "update_person",
    "upgrade_hash",
    "void_password",
]
