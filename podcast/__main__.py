"""``python -m podcast``."""

import sys

from podcast.cli import main

sys.exit(main())
