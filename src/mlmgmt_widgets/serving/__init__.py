"""How the workbook is served: Voila with our configuration, page template and kernel start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlmgmt_widgets import lazy

if TYPE_CHECKING:
    from mlmgmt_widgets.serving.folder import new
    from mlmgmt_widgets.serving.home import ServingError
    from mlmgmt_widgets.serving.run import lab, serve

__all__ = ["ServingError", "lab", "new", "serve"]

__getattr__, __dir__ = lazy.attributes(__name__, {"folder": ["new"], "home": ["ServingError"], "run": ["lab", "serve"]})
