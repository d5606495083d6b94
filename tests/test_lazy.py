"""The packages give their names when they are asked for, and not before."""

from importlib import import_module

import pytest

PACKAGES = ["mlmgmt_widgets", *(f"mlmgmt_widgets.{name}" for name in ("assessment", "serving", "workspace"))]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_public_name_is_there_and_listed(package):
    module = import_module(package)
    assert dir(module) == sorted(module.__all__)
    for name in module.__all__:
        assert getattr(module, name) is getattr(module, name)


@pytest.mark.parametrize("package", PACKAGES)
def test_any_other_name_is_an_ordinary_error(package):
    module = import_module(package)
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nonsense'"):
        _ = module.nonsense
