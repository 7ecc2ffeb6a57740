"""The sample as processes: what a service's `__main__` looks like."""

from chassis.run import Service, main
from sample.parts import PARTS

main(Service(**PARTS))
