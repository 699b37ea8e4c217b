"""Sentences of backup and restore."""

SENTENCES = {
    "backup_damaged": "备份 {path} 已损坏：内容和写入时不一致。请换一份备份。",
    "backup_none": "{path} 不是备份，或不完整（被截断）。",
    "backup_foreign": "备份 {path} 是用另一个密钥签的。请把 KEFU_SECRET_FILE 指向当时的密钥文件。",
    "backup_locked": "备份 {path} 是加密的。请用备份时的 --passphrase-file、--encrypt（口令）"
    "或 --key-file（密钥文件）打开。",
    "backup_key_wrong": "口令或密钥文件打不开备份 {path}。",
    "backup_format": "备份 {path} 的格式是第 {format} 版（由 {version} 写入），"
    "本版本只认识第 {known} 版。请用写入它的版本恢复，再升级。",
    "backup_config": "备份 {path} 里的配置本版本看不懂（{why}）。"
    "请用写入它的版本 {version} 恢复，再升级。",
    "restore_not_empty": "只能恢复到空的地方，这里已经有 {what}。请换一个空数据库和空数据目录。",
    "restore_differs": "恢复后的 {table} 和备份不一致，已全部撤销。",
    "backup_running": "这个目录里正在做另一份备份，请稍后再试。",
    "backup_key_short": "口令太短或密钥文件太短：口令至少 12 个字符，密钥文件至少 32 字节。",
    "backup_unwritable": "不能写 {path}：{why}。",
    "key_unreadable": "读不到 {path}：{why}。",
    "passphrase_no_terminal": "没有终端可以输入口令，请用 --passphrase-file 或 --key-file。",
    "passphrase_differs": "两次输入的口令不一样。",
}
