"""`python -m mlmgmt_widgets` is the same as `mlmgmt`."""

from mlmgmt_widgets.cli import main

main()
