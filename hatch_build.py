"""Builds the compiled modules where a C compiler is found; without one, Murmur is pure Python."""

from __future__ import annotations

import shutil
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULES = ("_accelerator", "_event_queue")
"""Each is made of `sim/<name>.c`; where it is missing, its twin in Python is used."""
UNIX_FLAGS = ["-O2", "-ffp-contract=off", "-Wall", "-Wextra"]
"""No operation may be fused or reordered: draws are the same to the bit, compiled or not."""


class CompiledModulesHook(BuildHookInterface[Any]):
    """Compiles into the checkout for an editable installation, else into the wheel, which then has a platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and tell hatchling what came of it."""
        if self.target_name != "wheel":
            return
        package = Path(self.root, "sim")
        self._scratch = tempfile.mkdtemp(prefix="murmur-build-")
        libraries = self._compile(package, Path(self._scratch))
        if len(libraries) < len(MODULES):
            self.app.display_warning("pure Python: a C compiler, Python's headers or 128-bit integers are missing")
        if version == "editable":
            for module in MODULES:
                (package / f"{module}{sysconfig.get_config_var('EXT_SUFFIX')}").unlink(missing_ok=True)
            for library in libraries:
                shutil.copy2(library, package / library.name)
        else:
            build_data["force_include"].update({str(library): f"sim/{library.name}" for library in libraries})
        if libraries:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was built for the wheel alone."""
        if self.target_name == "wheel":
            shutil.rmtree(self._scratch, ignore_errors=True)

    @staticmethod
    def _compile(package: Path, scratch: Path) -> list[Path]:
        try:
            from setuptools import Distribution, Extension
            from setuptools.command.build_ext import build_ext
        except ImportError:
            return []

        class Build(build_ext):
            """Adds the flags that the compiler at hand understands."""

            def build_extension(self, extension: Extension) -> None:
                if self.compiler.compiler_type == "unix":
                    extension.extra_compile_args = UNIX_FLAGS
                super().build_extension(extension)

        extensions = [Extension(name, [str(package / f"{name}.c")], optional=True) for name in MODULES]
        command = Build(Distribution({"name": "murmur-sim", "ext_modules": extensions}))
        command.build_temp, command.build_lib = str(scratch / "objects"), str(scratch)
        command.ensure_finalized()
        command.run()
        return [Path(path) for path in command.get_outputs() if Path(path).exists()]
