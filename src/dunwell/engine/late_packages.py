"""Packages whose modules are asked for one by one: their own body runs once it is needed.

`holidays.countries` imports the modules of 250 countries when the first of them is asked for, a
tenth of a second in every process that wants to know about one weekend. The standard library's
`LazyLoader` does not help: it runs the body as soon as a module inside looks for its place.
"""

import importlib.util
import sys
from threading import RLock
from types import ModuleType
from typing import Any

_LOCK = RLock()


class _Late(ModuleType):
    """A package that runs its body when a name is asked for that it does not have yet."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__all__":
            # who looks through all modules asks for these, and needs no body for it
            raise AttributeError(name)
        with _LOCK:
            spec = self.__spec__
            # a plain module from here on
            if type(self) is _Late and spec is not None and spec.loader is not None:
                self.__class__ = ModuleType  # type: ignore[assignment]
                spec.loader.exec_module(self)
        return getattr(self, name)


def import_late(package: str) -> None:
    """Have a package imported without its body; without effect where it is imported already.

    Modules inside can be imported right away, and whatever else is asked of the package runs its
    body first. Raises ModuleNotFoundError for one that is not installed.
    """
    if package in sys.modules:
        return
    spec = importlib.util.find_spec(package)
    if spec is None:
        raise ModuleNotFoundError(package)
    late = _Late(package)
    late.__spec__, late.__loader__, late.__package__ = spec, spec.loader, package
    late.__file__ = spec.origin
    late.__path__ = list(spec.submodule_search_locations or ())
    sys.modules[package] = late
