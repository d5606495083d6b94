"""What needs nginx is run by `make test-deploy` alone."""

from __future__ import annotations

import os

collect_ignore = [] if os.environ.get("MLMGMT_TEST_DEPLOY") else ["test_nginx.py", "test_replicas.py"]
