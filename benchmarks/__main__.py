"""Run all benchmarks: ``python -m benchmarks``."""

from __future__ import annotations

from benchmarks import drain, memory

if __name__ == "__main__":
    memory.main()
    print()
    drain.main()
