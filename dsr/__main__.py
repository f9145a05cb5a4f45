"""Run dsr as ``python -m dsr``."""

from dsr.cli.main import main

if __name__ == "__main__":
    main()
