"""Managing people, the roles they hold, and departments; all of it needs the permission USERS.

- `people`: list_people, get_person, create_person, change_person, reset_password,
  remove_demo_people · `locking`: locked_until,
  unlock_person · `departments`: list_departments, get_department, create_department,
  change_department · `roles`: list_roles and what may be held by whom

Nobody changes his own roles, nobody disables himself, and the last one who may manage people stays
able to. Roles of one exclusive group (三员) are never held together.
"""

from kefu_admin.operations.accounts.departments import (
    change_department,
    create_department,
    get_department,
    list_departments,
)
from kefu_admin.operations.accounts.locking import locked_until, unlock_person
from kefu_admin.operations.accounts.people import (
    Created,
    change_person,
    create_person,
    get_person,
    list_people,
    remove_demo_people,
    reset_password,
)
from kefu_admin.operations.accounts.roles import HeldRole, list_roles
from kefu_admin.store.accounts import Department, Person

__all__ = [
    "Created",
    "Department",
    "HeldRole",
    "Person",
    "change_department",
    "change_person",
    "create_department",
    "create_person",
    "get_department",
    "get_person",
    "list_departments",
    "list_people",
    "list_roles",
    "locked_until",
    "remove_demo_people",
    "reset_password",
    "unlock_person",
]
