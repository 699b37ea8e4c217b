"""Sentences about uploaded files."""

SENTENCES = {
    "upload_missing": "请选择文件。",
    "file_empty": "文件是空的。",
    "file_too_large": "文件太大，最大 {most} MiB。",
    "file_name": "文件名不对：不能为空，最长 {limit} 个字符。",
    "file_kind": "不接受这种文件。可以上传：{kinds}。",
    "file_ending": "文件名和内容不一致：按内容应以 {ending} 结尾。",
    "file_not_image": "这里只能上传图片。",
}
