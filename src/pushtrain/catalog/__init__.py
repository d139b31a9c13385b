"""Facts about AWS: container images, instance types, API shapes. Generated data files and pure look-ups.

In: names as people and requests write them. Out: URIs, sets, problems. Uses no network and imports no AWS SDK.
`scripts/generate_images.py` and `scripts/generate_api.py` write the data files, which name their source.
"""
