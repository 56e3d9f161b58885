"""Builds the accelerator where a C compiler with 128-bit integers is found; without one, Murmur is pure Python."""

from __future__ import annotations

import shutil
import sysconfig
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCE = Path("sim", "_accelerator.c")
UNIX_FLAGS = ["-O2", "-ffp-contract=off", "-Wall", "-Wextra"]
"""No operation may be fused or reordered: draws are the same to the bit with and without the accelerator."""


class AcceleratorBuildHook(BuildHookInterface[Any]):
    """Compiles into the checkout for an editable installation, else into the wheel, which then has a platform."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and tell hatchling what came of it."""
        if self.target_name != "wheel":
            return
        root = Path(self.root)
        if version == "editable":
            (root / "sim" / f"_accelerator{sysconfig.get_config_var('EXT_SUFFIX')}").unlink(missing_ok=True)
        self._scratch = tempfile.mkdtemp(prefix="murmur-build-")
        library = self._compile(root, Path(self._scratch))
        if library is None:
            self.app.display_warning(
                "no accelerator: no C compiler, Python headers or 128-bit integers; pure Python then"
            )
        elif version == "editable":
            shutil.copy2(library, root / "sim" / library.name)
        else:
            build_data["force_include"][str(library)] = f"sim/{library.name}"
        if library is not None:
            build_data["pure_python"] = False
            build_data["infer_tag"] = True

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove what was built for the wheel alone."""
        if self.target_name == "wheel":
            shutil.rmtree(self._scratch, ignore_errors=True)

    @staticmethod
    def _compile(root: Path, scratch: Path) -> Path | None:
        try:
            from setuptools import Distribution, Extension
            from setuptools.command.build_ext import build_ext
        except ImportError:
            return None

        class Build(build_ext):
            """Adds the flags that the compiler at hand understands."""

            def build_extension(self, extension: Extension) -> None:
                if self.compiler.compiler_type == "unix":
                    extension.extra_compile_args = UNIX_FLAGS
                super().build_extension(extension)

        extension = Extension("_accelerator", [str(root / SOURCE)], optional=True)
        command = Build(Distribution({"name": "murmur-sim", "ext_modules": [extension]}))
        command.build_temp, command.build_lib = str(scratch / "objects"), str(scratch)
        command.ensure_finalized()
        command.run()
        return next((Path(path) for path in command.get_outputs() if Path(path).exists()), None)
