"""Turn recorded speech into an accessible, published podcast: pages, captions, audio and feed."""

__version__ = "0.1.0"

import os

# The threads of numpy's algebra wait by turning in circles: on our small matrices they cost more
# than they do, one part in twenty of an hour's mastering.  They are counted when numpy is loaded.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
