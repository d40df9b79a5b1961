"""Run all benchmarks: ``python -m benchmarks``."""

from __future__ import annotations

from benchmarks import memory

if __name__ == "__main__":
    memory.main()
