"""The packages give their names when they are asked for, and not before."""

import pkgutil
from importlib import import_module

import pytest

PACKAGES = [
    "mlmgmt_widgets",
    *(f"mlmgmt_widgets.{name}" for name in ("assessment", "serving", "timeline", "workspace")),
]


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


@pytest.mark.parametrize("package", PACKAGES)
def test_no_name_of_a_package_is_that_of_a_module_in_it(package):
    """Python puts a module into its package once it is imported: a function of that name would be gone from then on."""
    here = import_module(package)
    modules = {each.name for each in pkgutil.iter_modules(here.__path__)}
    assert not modules & set(here.__all__)
