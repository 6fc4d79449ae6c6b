#!/usr/bin/env bash
# The crash suite: see README.md. Arguments go to run.py; --all is the long version.
exec python3 "$(dirname "${BASH_SOURCE[0]}")/run.py" "$@"
