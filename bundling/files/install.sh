#!/bin/sh
# Installs kefu from this directory without a network: checks every file, makes a virtual
# environment and puts the locked wheels into it.
#   ./install.sh [--prefix /opt/kefu] [--python python3] [--units]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=/opt/kefu python=python3 units=no
while [ $# -gt 0 ]; do
  case $1 in
    --prefix) prefix=$2; shift 2 ;;
    --python) python=$2; shift 2 ;;
    --units) units=yes; shift ;;
    *) echo "usage: $0 [--prefix DIR] [--python PYTHON] [--units]" >&2; exit 2 ;;
  esac
done

cd "$here"
echo "检查文件 · checking files"
sha256sum --quiet --check SHA256SUMS || { echo "文件已损坏，请重新取得 · files are damaged" >&2; exit 1; }

version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
requirements=requirements-py$version-$(uname -m).txt
if [ ! -f "$requirements" ]; then
  echo "没有为 Python $version、$(uname -m) 准备安装包 · no wheels for this Python and machine; there are:" >&2
  ls requirements-*.txt >&2
  exit 1
fi

echo "安装到 $prefix · installing"
"$python" -m venv "$prefix" || { echo "缺少 venv（Debian：python3-venv） · venv is missing" >&2; exit 1; }
"$prefix/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \
  --find-links wheels --require-hashes --requirement "$requirements"
"$prefix/bin/kefu" --version

if [ "$units" = yes ]; then
  for unit in *.service; do
    sed "s#/opt/kefu#$prefix#g" "$unit" > "/etc/systemd/system/$unit"
  done
  systemctl daemon-reload
  echo "服务单元已放好 · units are in place: systemctl enable --now kefu-web kefu-worker"
fi
echo "完成。接下来见 INSTALL.md · done; see INSTALL.md"
