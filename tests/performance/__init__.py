"""First figures of the whole: `./dev bench`."""

import os
import warnings

# People read this output; what libraries say to each other while they are imported is in nobody's interest here.
warnings.simplefilter("ignore")
os.environ["PYTHONWARNINGS"] = "ignore"
