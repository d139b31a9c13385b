"""`inputs:` and `outputs:` of a step, as lists and as mappings."""

from __future__ import annotations

from pushtrain.config.model.mounts import Mount, find_shape, read_inputs, read_outputs


def test_an_entry_of_a_list_is_named_by_its_last_word() -> None:
    entries = read_inputs(("data.raw", "split.train.csv", "test", "rows.csv"), words=("rows.csv",))
    assert [(entry.key, entry.name, entry.source) for entry in entries] == [
        (0, "raw", "data.raw"),
        (1, "train.csv", "split.train.csv"),
        (2, "test", "test"),
        (3, "rows.csv", "rows.csv"),
    ]


def test_a_mapping_chooses_name_and_folder() -> None:
    (entry,) = read_inputs({"training": Mount(source="split.train", path="/opt/ml/processing/x")})
    assert (entry.key, entry.name, entry.source, entry.path) == (
        "training",
        "training",
        "split.train",
        "/opt/ml/processing/x",
    )


def test_an_output_without_a_path_has_a_folder_of_its_name() -> None:
    assert read_outputs(("rows",), "/opt/ml/processing") == {"rows": "/opt/ml/processing/rows"}
    assert read_outputs({"rows": "/opt/ml/processing/x"}, "/opt/ml/processing") == {"rows": "/opt/ml/processing/x"}


def test_only_a_mapping_has_the_shape_of_a_mapping() -> None:
    assert (find_shape({}), find_shape([]), find_shape("x")) == ("[mapping]", "[list]", "[list]")
