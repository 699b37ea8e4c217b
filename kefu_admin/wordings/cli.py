"""Sentences of settings, extensions and the command line."""

SENTENCES = {
    "setting_unknown": "不认识的设置 {name}。运行 kefu settings 查看全部设置。",
    "setting_bad": "设置 {name} 的值“{value}”不对。运行 kefu settings 查看说明。",
    "demo_not_loopback": "演示模式只能监听本机，不能监听 {host}。"
    "去掉 KEFU_DEMO，或把 KEFU_HOST 设为 127.0.0.1。",
    "secret_missing": "没有设置密钥文件。运行 kefu init 生成一个，"
    "或把 KEFU_SECRET_FILE 指向至少 32 字节随机内容的文件（例如 {path}）。",
    "secret_unreadable": "读不到密钥文件 {path}：{why}。",
    "secret_short": "密钥文件 {path} 太短：至少 {least} 字节，现有 {found} 字节。",
    "secret_known": "密钥文件 {path} 的内容容易被猜到（出自说明文档或重复字符）。"
    "请用 kefu init 重新生成。",
    "database_url": "数据库地址不对：{url}。"
    "写法：sqlite:////绝对路径、postgresql://用户@主机/库、mariadb://用户@主机/库。",
    "database_driver": "没有安装这种数据库的驱动。运行 pip install 'kefu-admin[{extra}]' 安装。",
    "extension_twice": "扩展包 {first} 和 {second} 都提供了 {kind} 中的“{name}”。请卸载其中一个。",
    "receiver_twice": "有两个接收变更通知的都叫“{name}”："
    "KEFU_WEBHOOKS 里的名称不能与扩展包的通知、效果重名。",
    "extension_broken": "扩展包 {package} 的“{name}”无法载入：{why}。",
    "extension_storage": "扩展包的字段类型“{name}”的存储方式只能是 {known} 之一。",
    "extension_odd": "扩展包 {package} 的“{name}”不是 kefu_admin.registry.Extension。",
}
