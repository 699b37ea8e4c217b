"""Sentences of the HTTP plumbing and the API."""

SENTENCES = {
    "http_400": "请求无法识别。",
    "http_404": "没有这个页面或地址。",
    "http_405": "这个地址不接受这种请求方式。",
    "http_406": "只能以 JSON 回答。",
    "http_413": "内容太大。",
    "http_415": "请求内容的类型不对，应为 application/json。",
    "http_500": "系统出错了，请稍后再试。如果一直这样，请把编号 {id} 告诉管理员。",
    "http_error": "请求没有成功（{status}）。",
    "parameter_twice": "只能给一次。",
    "parameter_whole": "应为 {least} 到 {most} 的整数。",
    "parameter_one_of": "应为其中之一：{names}。",
    "parameter_list": "应为 {least} 到 {most} 项的列表。",
    "parameter_object": "应为一个 JSON 对象。",
    "parameter_switch": "应为 true 或 false。",
    "parameter_text": "应为不超过 {longest} 个字符的文字。",
    "parameter_names": "应为字段名的列表，最多 {most} 个，不重复。",
    "parameter_ids": "应为记录编号的列表，1 到 {most} 个。",
    "parameter_format": "文件格式应为 csv 或 xlsx。",
    "parameter_expand": "“{name}”不是可以展开的关联字段。",
    "personal_in_url": "涉及个人信息的条件不能写在网址里，请用 POST /{type}/query 写在内容里。",
}
