"""For whom a job acts: the person who asked, with the rights he has now."""

from __future__ import annotations

from kefu_admin.actor import Actor, system_actor
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.who import actor_of
from kefu_admin.problems import AskerGone
from kefu_admin.store import sessions
from kefu_admin.store.jobs import Job


def asker_of(desk: Desk, job: Job) -> Actor:
    """The actor of a job; its audit lines name the session or token it was asked from.

    Raises:
        AskerGone: his account is out of use.
    """
    if job.asked_by is None:
        return system_actor(job.actor.removeprefix("system:"))
    who = sessions.who_of(desk.store, job.asked_by)
    if who is None:
        raise AskerGone(login=job.actor)
    return actor_of(
        desk.project,
        who,
        source=job.source,
        session=job.session,
        address=job.address,
        scopes=job.scopes,
    )
