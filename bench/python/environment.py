"""Names the versions of the peers' packages, and which kernels PyTorch's matrix products run on here.

Usage: environment.py. Prints one line of JSON. Ends with 3 and the line that installs what is missing.
"""

import importlib
import json
import os
import platform
import subprocess
import sys

PACKAGES = ("torch", "safetensors", "tokenizers", "transformers", "peft", "trl", "accelerate", "datasets")


def missing_packages():
    missing = []
    for name in PACKAGES:
        try:
            importlib.import_module(name)
        except ImportError as error:
            print(f"{name}: {error}", file=sys.stderr)
            missing.append(name)
    return missing


def product(dtype_name):
    """One matrix product, for oneDNN to tell about."""
    import torch

    torch.set_num_threads(1)
    a = torch.ones(256, 256, dtype=getattr(torch, dtype_name))
    a @ a


def matmul_kernel(dtype_name):
    """The oneDNN kernel of a product in this type, or None where PyTorch does not ask oneDNN (float32 goes to MKL)."""
    env = {**os.environ, "ONEDNN_VERBOSE": "1"}
    done = subprocess.run(
        [sys.executable, __file__, dtype_name], env=env, capture_output=True, encoding="utf8", check=True
    )
    executed = [line.split(",") for line in done.stdout.splitlines() if ",primitive,exec," in line]
    return next((fields[6] for fields in executed if fields[5] in ("matmul", "inner_product")), None)


def main():
    missing = missing_packages()
    if missing:
        print(f"install what is missing: {sys.executable} -m pip install {' '.join(missing)}", file=sys.stderr)
        sys.exit(3)
    import torch

    versions = {name: importlib.import_module(name).__version__ for name in PACKAGES}
    flags = {
        "mkldnn": torch.backends.mkldnn.is_available(),
        "mkl": torch.backends.mkl.is_available(),
        "capability": torch.backends.cpu.get_cpu_capability(),
        "bf16Kernel": matmul_kernel("bfloat16"),
        "fp32Kernel": matmul_kernel("float32"),
    }
    print(json.dumps({"versions": {"python": platform.python_version(), **versions}, "flags": flags}))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        product(sys.argv[1])
    else:
        main()
