"""`python -m kefu_admin.worker OWNER`: the process a supervisor starts to run jobs."""

import sys

from kefu_admin.worker.runner import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
