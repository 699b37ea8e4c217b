"""`python -m kefu_admin.worker jobs|delivery OWNER`: the process a supervisor starts."""

import sys

from kefu_admin.worker.runner import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
