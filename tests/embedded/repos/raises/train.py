print("about to read the labels")
raise ValueError("the column 'label' holds 3 values, expected 2")
