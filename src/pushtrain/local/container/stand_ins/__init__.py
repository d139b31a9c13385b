"""Stand-ins for Python packages of AWS's images that no package index has, or that install on no current Python.

Each folder here is one package, copied into the environment of a script that imports it. It has what scripts use of the
original while they train. If requirements.txt brings the original, the original is used.
"""
