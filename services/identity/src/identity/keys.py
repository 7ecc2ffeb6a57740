"""The keys that identity keeps rows with: tax numbers and what else is encrypted, and the digests that find them."""

from chassis.rotation import Keys, sealed_facts
from identity import parts

KEYS = Keys(
    "identity",
    rings=lambda: {"encryption": parts.current().encryption, "lookup": parts.current().lookup},
    counted={"sealed facts": sealed_facts},
)
