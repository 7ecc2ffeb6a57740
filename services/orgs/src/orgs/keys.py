"""Nothing is encrypted here, but facts wait that are sealed for notifications: its key stays until they have gone."""

from chassis.rotation import Keys, no_rings, sealed_facts

KEYS = Keys("orgs", rings=no_rings, counted={"sealed facts": sealed_facts})
