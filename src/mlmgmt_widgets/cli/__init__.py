"""The `mlmgmt` command.

Exit status: 0 done, 1 a negative verdict, 2 bad input, with one line a fault on standard error and never a
traceback. A command is a function in the module that is named after what it is about: `content`, `gate`,
`serving`, `care`; `command` puts them together. Every command imports what it needs when it runs, so that
`mlmgmt check` does not wait for a web server.
"""

from mlmgmt_widgets.cli.command import main

__all__ = ["main"]
