"""Background jobs: one's own, or with a right everybody's."""

from __future__ import annotations

from collections.abc import Mapping

from flask import redirect, request
from werkzeug.wrappers import Response

from kefu_admin.faces import http
from kefu_admin.faces.admin.pages.facts import Deed, Fact, reason, state_choice
from kefu_admin.faces.admin.pages.parts import SIZE, cursor, part
from kefu_admin.faces.admin.pages.sheets import Spot
from kefu_admin.faces.admin.view import PanelView, expose, prefix, zone
from kefu_admin.faces.admin.words import Translate, clock_text, exact_text, translator
from kefu_admin.faces.routes import Audit, Repeat, declare
from kefu_admin.operations import job_book
from kefu_admin.operations.job_book import JobEntry
from kefu_admin.store.jobs import JobState

_JOB_STATES: Mapping[str, tuple[str, str]] = {
    JobState.WAITING: ("排队中", "blue"),
    JobState.RUNNING: ("进行中", "cyan"),
    JobState.PARKED: ("停下待处理", "red"),
    JobState.DONE: ("已完成", "green"),
    JobState.CANCELLED: ("已取消", "gray"),
}


class JobsView(PanelView):
    """`/jobs/`."""

    def __init__(self) -> None:
        super().__init__(name="后台任务", endpoint="kefu_jobs", url="jobs")

    @property
    def base(self) -> str:
        """The path of the list."""
        return f"{prefix()}/jobs/"

    @expose("/")
    @declare("GET")
    def index(self) -> Response:
        """Jobs the person asked for, or everybody's; newest first."""
        said, state = translator(http.locale()), request.args.get("state", "")
        found = job_book.list_jobs(
            self.desk,
            actor=http.actor(),
            states=(JobState(state),) if state in set(JobState) else (),
            before_id=cursor() or None,
            limit=SIZE + 1,
        )
        listed = part(found, [one.id for one in found], self.base, {"state": state})
        return self.page(
            "admin/pages/table.html",
            heading=said("后台任务"),
            help=said("要做很久的事在这里排队。关掉页面也会继续做；停下的任务写着原因，可以再试。"),
            buttons=[],
            base=self.base,
            find=f"{self.base}find",
            finder=[state_choice(said, _JOB_STATES, state)],
            narrowed=bool(state),
            opens=True,
            heads=[said(t) for t in ("任务", "状态", "进度", "提交人", "提交时间")],
            rows=[self._row(one, said) for one in listed.shown],
            first=listed.first,
            next=listed.next,
        )

    @expose("/find", methods=("POST",))
    @declare("POST", repeat=Repeat.SAFE)
    def find(self) -> Response:
        """Lead to the jobs of one state."""
        state = request.form.get("state", "")
        return redirect(self.base + (f"?state={state}" if state in set(JobState) else ""), 303)

    @expose("/<int:id>")
    @declare("GET")
    def detail(self, id: int) -> Response:
        """One job: how far it is, and why it stopped."""
        said = translator(http.locale())
        job = job_book.get_job(self.desk, id, actor=http.actor())
        label, color = _JOB_STATES[job.state]
        facts = [
            Fact(said("状态"), said(label), color),
            Fact(said("进度"), progress(job)),
            Fact(said("批量操作"), f"#{job.batch}", href=f"{prefix()}/batches/{job.batch}")
            if job.batch
            else Fact("", ""),
            Fact(said("原因"), reason(job.fault)),
            Fact(said("试过几次"), str(job.tries) if job.fault else ""),
            Fact(said("提交人"), job.asker),
            Fact(said("提交时间"), exact_text(job.asked_at, zone())),
            Fact(said("结束时间"), exact_text(job.finished_at, zone()) if job.finished_at else ""),
        ]
        deeds = []
        if job.may_retry:
            text = said("从停下的地方接着做，已做的不会重做。")
            deeds.append(Deed(said("再试一次"), text, f"{self.base}{id}/retry", "refresh", True))
        if job.may_cancel:
            text = said("不再继续；已经做完的部分保留。")
            deeds.append(Deed(said("取消任务"), text, f"{self.base}{id}/cancel", "x"))
        return self.page(
            "admin/pages/facts.html",
            heading=f"{said(job.label)} #{id}",
            above=said("后台任务"),
            base=self.base,
            facts=[one for one in facts if one.text],
            done=job.done,
            total=job.total,
            deeds=deeds,
        )

    @expose("/<int:id>/retry", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.NATURAL)
    def retry(self, id: int) -> Response:
        """Try a parked job again."""
        job_book.retry(self.desk, id, actor=http.actor(), now=http.now())
        return self.go(f"/jobs/{id}", "job_retried")

    @expose("/<int:id>/cancel", methods=("POST",))
    @declare("POST", audit=Audit.DATA, repeat=Repeat.NATURAL)
    def cancel(self, id: int) -> Response:
        """End a job that is not over."""
        job_book.cancel(self.desk, id, actor=http.actor(), now=http.now())
        return self.go(f"/jobs/{id}", "job_cancelled")

    def _row(self, job: JobEntry, said: Translate) -> tuple[Spot, ...]:
        label, color = _JOB_STATES[job.state]
        return (
            Spot(
                text=f"{said(job.label)} #{job.id}",
                href=f"{self.base}{job.id}",
                small=reason(job.fault),
            ),
            Spot(text=said(label), color=color),
            Spot(text=progress(job)),
            Spot(text=job.asker),
            Spot(text=clock_text(job.asked_at, zone()), css="d"),
        )


def progress(job: JobEntry) -> str:
    """How far it is, `300 / 5,000`; "" where rows are not counted."""
    if job.total is None:
        return f"{job.done:,}" if job.done else ""
    return f"{job.done:,} / {job.total:,}"
