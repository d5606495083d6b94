"""What is wrong with an installation or a database, in plain words: `mlmgmt doctor`.

    findings = examine()
    print(text(findings))

A check is a generator of findings in the module that is named after what it looks at; `examination` puts them in
order. Nothing is changed by any of them, and no key and no password is ever part of a finding.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.doctor.examination import examine
    from mlmgmt_widgets.doctor.finding import Finding, Level, as_data, text

__all__ = ["Finding", "Level", "as_data", "examine", "text"]

__getattr__, __dir__ = lazy.attributes(
    __name__, {"examination": ["examine"], "finding": ["Finding", "Level", "as_data", "text"]}
)
