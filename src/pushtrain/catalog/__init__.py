"""What AWS offers: container images, instance types, API shapes. Small generated files and pure lookups.

In: names as people and requests write them. Out: URIs, sets, problems. Asks no network, imports no AWS SDK.
`scripts/generate_images.py` and `scripts/generate_api.py` write the data files, which say their source.
"""
