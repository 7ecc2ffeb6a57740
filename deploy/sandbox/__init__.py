"""The outside world, played by one process: TaxisNet, the HRMS, Zoom and a mailbox, each speaking its real wire format.

The suite's real client code runs against it unchanged; production differs by settings only.
"""
