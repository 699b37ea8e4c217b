"""Sentences of the refusals in `kefu_admin.problems`."""

SENTENCES = {
    "refused": "现在不能这样做。",
    "not_found": "没有找到，或者您无权查看。",
    "forbidden": "您没有权限这样做。",
    "sign_in_required": "请先登录。",
    "sign_in_failed": "账号或密码不对，或者账号已锁定、停用。",
    "password_change_required": "请先修改初始密码。",
    "invalid": "有 {count} 处填写有误，请改正后再保存。",
    "unknown_parameter": "不认识的参数或字段：{name}。",
    "bad_request": "请求无法识别：{detail}",
    "bad_csrf_token": "页面已过期，请刷新后重试。",
    "conflict": "这条记录已被别人修改，请刷新后再改。",
    "version_required": "缺少版本号，请刷新后重试。",
    "still_referenced": "仍被引用，不能删除。",
    "idempotency_key_reused": "同一个请求编号用在了不同的内容上。",
    "numbers_exhausted": "编号“{series}”已用完，请联系管理员。",
    "too_many": "操作太频繁，请 {retry_after} 秒后再试。",
    "busy": "系统正忙，请稍后再试。",
    "no_space": "服务器磁盘已满或只读，刚才的内容没有保存；仍可查看。请联系管理员。",
    "unknown_part": "配置里没有“{name}”；接近的有：{near}。",
    "config_moved": "系统配置刚刚更新，正在重新启动，请稍后再试。",
}
