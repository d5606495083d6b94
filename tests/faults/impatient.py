"""`mlmgmt serve` whose kernels end soon after their page has gone: three seconds instead of ten minutes."""

from __future__ import annotations

from mlmgmt_widgets import cli
from mlmgmt_widgets.serving import run

run._ALONE_SECONDS = 3
run._CULL_SECONDS = 1
if __name__ == "__main__":
    cli.main()
