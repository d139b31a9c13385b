print("measured, but forgot to write it down")
