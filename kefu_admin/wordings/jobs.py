"""Why a job did not get on or an event did not arrive, as people read it."""

from __future__ import annotations

SENTENCES = {
    "asker_gone": "提交这项任务的账号（{login}）已停用，任务不会以他的名义继续",
    "job_lost": "执行它的进程中途没有了，或超过了时限",
    "job_raised": "程序出错：{error}（{at}）。详细情况见服务日志",
    "job_kept_nothing": "程序出错：这一段没有记下进度",
    "job_unknown_kind": "这个版本的程序不认识任务“{kind}”",
    "job_other_version": "任务内容的版本是 {found}，这个程序只认识 {known}；请升级或重新提交",
    "job_killed": "执行它的进程被终止（信号 {signal}），可能是内存不足",
    "job_too_long": "一段执行超过 {seconds} 秒，已中止",
    "job_stranded": "后台任务 #{id} 的状态与排期不符：没有人会去做，或者结束了还会被做。",
    "job_unowned": "后台任务 #{id} 在进行中，却没有执行者。",
    "job_beyond": "后台任务 #{id} 做完的比总数还多。",
    "job_end_untold": "后台任务 #{id} 的结束时间与状态不符。",
    "message_stranded": "消息 #{id} 的状态与排期不符：永远不会发出，或者结束了还会再发。",
    "receiver_gone": "没有这个接收方了（设置里已删去）",
    "receiver_unknown": "找不到主机 {host}",
    "receiver_inward": "{host} 指向本机或本地链路，不允许；确有需要时在设置里直接写地址",
    "receiver_away": "连接不上 {host}",
    "receiver_untrusted": "{host} 的证书不可信",
    "receiver_slow": "{seconds} 秒内没有答复",
    "receiver_broken": "连接中断（{why}）",
    "receiver_redirects": "接收方要求转到别处（{status}），不跟随",
    "receiver_refuses": "接收方答复 {status}",
}
