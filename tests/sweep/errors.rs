//! Errors in a sweep's file, which name key, value, bound and line.

use super::*;

#[test]
fn errors_name_key_value_bound_and_line() {
    for (from, to, expected) in [
        (
            "trials = 2",
            "trials = 0",
            "line 9: trials = 0 is outside its bounds 1 and 10000",
        ),
        (
            "n = 24",
            "n = 1",
            "line 2: n = 1 is outside its bounds 2 and 1048576",
        ),
        (
            "n = 24",
            "n = 24.5",
            "line 2: n: invalid type: floating point `24.5`",
        ),
        (
            "n = 24",
            "n = \"many\"",
            "line 2: n: invalid type: string \"many\"",
        ),
        ("n = 24\n", "", "missing field `n`"),
        (
            "trials",
            "trails",
            "line 9: trails: unknown field `trails`, expected one of",
        ),
        ("p = 2.5", "p = -1", "line 1: p = -1 is not above its bound 0"),
        (
            "dt = 0.25",
            "dt = 1.5",
            "line 5: dt = 1.5 is outside its bounds 0.001 and 1",
        ),
        (
            "p = 2.5",
            "p = 0.2",
            "line 5: dt = 0.25 is above its stability bound min(1, p) = 0.2",
        ),
        ("[0.5,", "[-0.5,", "line 3: g = -0.5 is below its bound 0"),
        (
            "[0.5, 1.5",
            "[1.5, 0.5",
            "line 3: g has 0.5 after 1.5, but must ascend",
        ),
        (
            "[0.5, 1.5, 2, 2.5]",
            "[]",
            "line 3: g has 0 values, outside the bounds 1 and 1000",
        ),
        (
            "[0.5,",
            "[\"0.5\",",
            "line 3: g holds \"0.5\", which is not a number",
        ),
        ("[0.5, 1.5, 2, 2.5]", "2", "line 3: g is 2, not a list of numbers"),
        (
            "[0.5, 1.5, 2, 2.5]",
            "\"\"\"one\ntwo\"\"\"",
            "line 3: g is \"\"\" one two\"\"\", not a list of numbers",
        ),
        (
            "count = 5",
            "count = 0",
            "line 4: k has count = 0, which is outside its bounds 1 and 1000",
        ),
        ("count = 5", "steps = 5", "line 4: k: unknown field `steps`"),
        ("to = 4", "to = inf", "line 4: k has"),
        (
            "duration = 100",
            "duration = 99",
            "line 8: duration = 99 is outside its bounds 100",
        ),
        (
            "burn_in = 5",
            "burn_in = nan",
            "line 7: burn_in = NaN is outside its bounds 0",
        ),
        (
            "networks = 2",
            "networks = -2",
            "line 6: networks: invalid value: integer `-2`",
        ),
        (
            "boundaries = false",
            "transfer = \"relu\"",
            "line 11: transfer: unknown variant `relu`",
        ),
        ("p = 2.5", "p = ", "line 1: "),
        (
            "boundaries = false",
            "rule = \"none.toml\"",
            "line 11: rule: --rule",
        ),
        (
            "boundaries = false",
            "bias = \"none.npy\"",
            "line 11: bias: --bias-file",
        ),
        ("n = 24", "n = 900000", "--n 900000"),
    ] {
        assert!(TINY.contains(from), "{from}");
        let sweep = Sweep::new(&TINY.replacen(from, to, 1));
        let output = sweep.run("out", "");
        let error = message(&output);
        assert_eq!(output.status.code(), Some(2), "{to}: {error}");
        assert!(error.contains(expected), "{to}: {error}");
        assert_eq!(error.lines().count(), 1, "{to}: {error}");
    }
    let sweep = Sweep::new(TINY);
    for (more, expected) in [
        (
            "--shard 0/4",
            "it is neither I/COUNT with I from 1 to COUNT, nor mpi",
        ),
        ("--shard 5/4", "it is neither I/COUNT"),
        ("--shard 1/4 --merge", "cannot be used with"),
        ("--threads 5000", "--threads"),
        ("--merge", "holds no points"),
    ] {
        let output = sweep.run("out", more);
        assert_eq!(output.status.code(), Some(2), "{more}: {}", message(&output));
        assert!(
            message(&output).contains(expected),
            "{more}: {}",
            message(&output)
        );
    }
    let absent = host_sim("sweep does-not-exist.toml")
        .output()
        .expect("the program runs");
    assert_eq!(absent.status.code(), Some(3), "{}", message(&absent));
}
