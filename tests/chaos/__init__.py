"""The harness that pulls plugs: ``make chaos``.

A driver plays DocuSign Connect at full speed against a real server and real workers.
Meanwhile they are killed, the database and the broker go away and come back, the
disk fills, and clocks are wrong. An auditor then compares what was acknowledged with
what is stored, applied and announced. All that is left to chance follows a seed.
"""
