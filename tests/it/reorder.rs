//! `profila reorder`: which statements depend on each other, by real Python, and the orders of
//! blocks of real Numba code.

use std::fs;

use serde_json::Value;

use crate::harness::{Outcome, Sandbox, repository};

/// A script whose function has this body, in which the block is between two comments.
fn script(block: &str) -> String {
    let lines: Vec<&str> = block.lines().collect();
    let indented = format!("        {}\n", lines.join("\n        "));
    format!(
        "import math\nimport numpy as np\nfrom numba import njit, prange\nimport helper\n\n\
         SIZE = 8\nTABLE = np.ones(3)\n\ndef f(p, q, n):\n    a = np.zeros(n)\n    \
         b = np.empty_like(a)\n    view = a[1:]\n    for i in range(n):\n        j = 2 * i\n\
         \n{indented}    return a\n"
    )
}

/// The first line of the block of [`script`].
const FIRST: usize = 16;

/// The pairs of statements, counted from 1, that are found to depend on each other in each
/// block, as `1-2 memory`, with their first reasons; or why a block is refused.
fn dependences(sandbox: &Sandbox, blocks: &[&str]) -> Vec<String> {
    let requests = blocks.iter().enumerate().map(|(number, block)| {
        let path = sandbox.write(&format!("script-{number}.py"), &script(block));
        let last = FIRST + block.lines().count() - 1;
        serde_json::json!({
            "path": path, "lines": [FIRST, last], "function": null, "assume": false, "most": 24,
        })
    });
    let answers = answers(sandbox, &requests.collect());
    answers.iter().map(said).collect()
}

/// What Python answers to each request.
fn answers(sandbox: &Sandbox, requests: &Value) -> Vec<Value> {
    let requests = sandbox.write("requests.json", &requests.to_string());
    let asks = "import json, sys\nprogram = open(sys.argv[1]).read()\n\
                for request in json.load(open(sys.argv[2])):\n    \
                exec(program, {'REQUEST': request, '__name__': 'statements'})\n";
    let asks = sandbox.write("asks.py", asks);
    let folder = repository().join("src/process/python/statements");
    let files = [
        "syntax",
        "meaning",
        "scope",
        "effects",
        "dependences",
        "block",
    ];
    let files = files.map(|name| fs::read_to_string(folder.join(format!("{name}.py"))).unwrap());
    let program = sandbox.write("statements.py", &files.concat());
    let run = sandbox.bare([asks, program, requests]);
    let printed = run.outcome().succeeds().stdout();
    let answers = printed.lines().filter(|line| !line.is_empty());
    answers
        .map(|it| serde_json::from_str(it).unwrap())
        .collect()
}

/// The longest block of a function is found, without what has to stay at its ends.
#[test]
fn a_function_has_a_block() {
    let sandbox = Sandbox::new();
    let request = |name: &str| {
        let path = repository().join("examples/dither2.py");
        serde_json::json!({
            "path": path, "lines": null, "function": name, "assume": false, "most": 24,
        })
    };
    let requests = ["dither", "main", "none"].map(request);
    let found = answers(&sandbox, &requests.into_iter().collect());
    let lines = |answer: &Value| {
        let statements = answer["block"]["statements"].as_array().unwrap();
        let lines = statements.iter().map(|it| it["first"].as_u64().unwrap());
        lines.collect::<Vec<_>>()
    };
    assert_eq!(lines(&found[0]), [38, 40, 42, 44]);
    assert_eq!(found[0]["block"]["function"], "dither");
    assert_eq!(lines(&found[1]), [55, 56]);
    assert_eq!(said(&found[2]), "there is no function `none`");
}

fn said(answer: &Value) -> String {
    if let Some(message) = answer["refused"]["message"].as_str() {
        return message.to_owned();
    }
    let mut found: Vec<(u64, u64, String)> = Vec::new();
    for it in answer["block"]["dependences"].as_array().unwrap() {
        let number = |key: &str| it[key].as_u64().unwrap() + 1;
        let (first, second) = (number("first"), number("second"));
        if found.iter().all(|it| (it.0, it.1) != (first, second)) {
            found.push((first, second, it["kind"].as_str().unwrap().to_owned()));
        }
    }
    let found = found
        .iter()
        .map(|(first, second, kind)| format!("{first}-{second} {kind}"));
    found.collect::<Vec<_>>().join(", ")
}

#[test]
fn statements_depend_on_each_other_as_they_read_and_write() {
    let cases = [
        // Names.
        ("x = 1\ny = 2", ""),
        ("x = i\ny = i", ""),
        ("x = 1\ny = x", "1-2 read-after-write"),
        ("y = x\nx = 1", "1-2 write-after-read"),
        (
            "x = 1\nx = 2\nb[0] = x",
            "1-2 write-after-write, 1-3 read-after-write, 2-3 read-after-write",
        ),
        ("x = 1\nx += 2", "1-2 read-after-write"),
        ("x = 1\ny = 2\nz = x", "1-3 read-after-write"),
        ("y = [x for x in range(3)]\nx = 1", "1-2 write-after-read"),
        ("y = (x := 2)\nz = x", "1-2 read-after-write"),
        (
            "for x in range(3):\n    y = x\nz = y",
            "1-2 read-after-write",
        ),
        ("del x\ny = x", "1-2 read-after-write"),
        // Elements of one array.
        ("a[i] = 1\na[i + 1] = 2", ""),
        ("a[i - 1] = 1\na[1 + i] += 2", ""),
        ("a[i] = 1\na[i] = 2", "1-2 same-memory"),
        ("a[i] = 1\na[j] = 2", "1-2 memory"),
        ("x = a[i]\ny = a[i]", ""),
        ("x = a[i]\na[i] = 1", "1-2 same-memory"),
        ("a[0] = 1\na[1] = 2", ""),
        ("a[0] = 1\na[-1] = 2", "1-2 memory"),
        ("a[-1] = 1\na[-2] = 2", ""),
        ("a[i, j] = 1\na[i + 1, j] = 2", ""),
        ("a[i, :] = 1\na[i + 1, :] = 2", ""),
        ("a[:, i] = 1\na[i + 1, :] = 2", "1-2 memory"),
        ("a[..., i] = 1\na[..., i + 1] = 2", "1-2 memory"),
        ("a[2 * i] = 1\na[2 * i + 1] = 2", "1-2 memory"),
        // An index that is written in the block, or may be an array of indices.
        (
            "a[x + 1] = 1\nx = 2\na[x] = 2",
            "1-2 write-after-read, 1-3 memory, 2-3 read-after-write",
        ),
        ("a[p + 1] = 1\na[p] = 2", "1-2 memory"),
        ("a[n + 1] = 1\na[n] = 2", ""),
        // Conditions do not matter.
        ("if i > 0:\n    a[i - 1] = 1\nif j:\n    a[i] = 2", ""),
        (
            "if i > 0:\n    a[i] = 1\nelse:\n    a[i] = 2\na[i] = 3",
            "1-2 memory",
        ),
        // Other names for the same memory.
        ("a[i] = 1\nb[i] = 2", ""),
        ("a[i] = 1\nview[i + 1] = 2", "1-2 memory"),
        ("b[i] = 1\nview[i] = 2", ""),
        ("p[i] = 1\nq[i] = 2", "1-2 memory"),
        ("p[i] = 1\na[i] = 2", ""),
        ("p[i] = 1\nTABLE[0] = 2", "1-2 memory"),
        ("x = a + 1\na[i] = 2", "1-2 memory"),
        ("x = b + 1\na[i] = 2", ""),
        ("b += 1\ny = b[0]", "1-2 read-after-write"),
        ("view += 1\nx = a[0]", "1-2 memory"),
        (
            "row = a[i]\nrow[0] = 1\nx = a[i]",
            "1-2 read-after-write, 2-3 memory",
        ),
        (
            "pair = [a, b]\npair[0][i] = 1\nx = a[i]",
            "1-2 read-after-write, 2-3 memory",
        ),
        ("helper.keep = a\nx = i", "1-2 call-of-first"),
        ("p.x = 1\ny = p.x", "1-2 same-memory"),
        ("x = p.shape\np[i] = 2", ""),
        (
            "a[0] = 1\nd = {}\nd[0] = 1\nd[1] = 2",
            "2-3 read-after-write, 2-4 read-after-write, 3-4 memory",
        ),
        // Calls.
        ("x = math.sqrt(a[i])\ny = np.exp(b[i])", ""),
        ("x = math.sqrt(a[i])\na[i] = 1", "1-2 same-memory"),
        ("x = abs(i)\ny = max(i, j)", ""),
        ("np.add(a, 1, a)\ny = i", "1-2 call-of-first"),
        ("np.exp(a, out=a)\ny = i", "1-2 call-of-first"),
        ("helper.f(i)\ny = i", "1-2 call-of-first"),
        ("y = i\nprint(1)", "1-2 call-of-second"),
        ("x = a.copy()\ny = a.sum()", "1-2 call-of-second"),
        ("x = a.copy()\nb[i] = 1", ""),
        ("x = a.astype(np.int16)\na[i] = 1", "1-2 memory"),
        ("x = b.astype(int)\np[i] = 1", ""),
        ("with p:\n    x = 1\ny = 2", "1-2 opaque-of-first"),
        // Early exits.
        ("if i > 3:\n    break\nx = 1", "1-2 exit-of-first"),
        ("x = 1\nif i > 3:\n    continue", "1-2 exit-of-second"),
        ("for k in range(3):\n    break\nx = 1", ""),
        (
            "for k in range(3):\n    pass\nelse:\n    break\nx = 1",
            "1-2 exit-of-first",
        ),
        ("assert i\nx = 1", "1-2 exit-of-first"),
        ("if j:\n    return a\nx = 1", "1-2 exit-of-first"),
    ];
    check_dependences(&cases);
}

/// Blocks in which memory is not what it seems to be.
const SHARED: &[(&str, &str)] = &[
    // What a comparison makes is memory.
    (
        "mask = a > 0\nmask[0] = False\nb[mask] = 1",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 memory",
    ),
    (
        "s = 'abc'\nx = s[0]\ny = s[1]",
        "1-2 read-after-write, 1-3 read-after-write",
    ),
    // What is kept elsewhere.
    (
        "view = a[1:]\nlst = []\nlst.append(view)\nlst[0][0] = 1\nx = a[1]",
        "1-3 read-after-write, 2-3 read-after-write, 1-4 memory, 2-4 read-after-write, 3-4 call-of-first, 3-5 call-of-first, 4-5 memory",
    ),
    (
        "t = (b, 1)\nu = t\nhelper.keep(u)\nu[0][i] = 1\nx = b[i]",
        "1-2 read-after-write, 1-3 call-of-second, 2-3 read-after-write, 1-4 memory, 2-4 read-after-write, 3-4 call-of-first, 3-5 call-of-first, 4-5 memory",
    ),
    (
        "q[0] = b\nx = q[0]\nx[i] = 1\ny = b[i]",
        "1-2 same-memory, 1-3 memory, 2-3 read-after-write, 1-4 memory, 3-4 memory",
    ),
    // What shares memory with what it is made of, and what does not.
    (
        "l = [a, b]\nm = l.copy()\nm[0][0] = 1\nx = a[0]",
        "1-2 read-after-write, 1-3 memory, 2-3 read-after-write, 2-4 call-of-first, 3-4 memory",
    ),
    (
        "l = [a]\nm = l + [b]\nm[0][0] = 1\nx = a[0]",
        "1-2 read-after-write, 1-3 memory, 2-3 read-after-write, 3-4 memory",
    ),
    (
        "m = p + q\nm[0][0] = 1\nx = p[0]",
        "1-2 read-after-write, 2-3 memory",
    ),
    (
        "m = p * 2\nm[0][0] = 1\nx = p[0]",
        "1-2 read-after-write, 2-3 memory",
    ),
    ("m = p - 1\nm[0] = 1\nx = p[0]", "1-2 read-after-write"),
    ("m = np.real_if_close(a)\nx = i", "1-2 call-of-first"),
    (
        "m = np.float64(a)\nm[0] = 1\nx = a[0]",
        "1-2 read-after-write, 2-3 memory",
    ),
    (
        "o = np.empty(n, dtype=object)\no[0] = a\no[0][0] = 1\nx = a[0]",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 same-memory, 2-4 memory, 3-4 memory",
    ),
    (
        "o = np.empty(n, object)\no[0] = a\nx = o[0]\nx[0] = 1\nx = a[0]",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 same-memory, 2-4 memory, 3-4 read-after-write, 2-5 memory, 3-5 write-after-write, 4-5 write-after-read",
    ),
    ("x = p.copy()\ny = i", "1-2 call-of-first"),
    ("x = a.astype(object)\ny = i", "1-2 call-of-first"),
    (
        "x = a.copy()\nx[0] = 1\na[0] = 2",
        "1-2 read-after-write, 1-3 memory",
    ),
    (
        "x = a * 2\nx[0] = 1\na[0] = 2",
        "1-2 read-after-write, 1-3 memory",
    ),
    // What an array is, unless something assigns it.
    ("p.size = 3\ny = p.size", "1-2 same-memory"),
    ("a.shape = (2, 4)\nh = a.shape[0]", "1-2 same-memory"),
    ("x = a.size\na[i] = 1", ""),
    ("x = a.shape[0]\na[i] = 1", ""),
    ("x = len(a)\na[i] = 1", ""),
    ("x = len(p)\np[i] = 1", ""),
    ("x = len(p)\np[1:2] = q", "1-2 memory"),
    (
        "l = [1]\nx = len(l)\nl[:] = [1]",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 memory",
    ),
    // Indices of several dimensions, or of none.
    ("a[np.newaxis, 0] = 1\na[0, 1] = 2", "1-2 memory"),
    ("a[p, 0] = 1\na[0, 1] = 2", "1-2 memory"),
    ("a[None, 0] = 1\na[0, 1] = 2", "1-2 memory"),
    ("a[2 * i, 0] = 1\na[i, 1] = 2", ""),
    // What is gone through may be used up.
    (
        "for v in p:\n    x = v\nfor w in p:\n    y = w",
        "1-2 memory",
    ),
    ("x, y = p\nz, w = p", "1-2 memory"),
    ("x = max(p)\ny = max(p)", "1-2 memory"),
    ("x = max(a)\ny = max(a)", ""),
    ("x = max(i, j)\ny = max(i, j)", ""),
    (
        "g = (q[k] for k in range(3))\nq[0] = 1\nx = max(g)",
        "1-2 memory, 1-3 read-after-write, 2-3 memory",
    ),
    ("x = i in p\ny = j in p", "1-2 memory"),
    ("x = math.fsum(p)\ny = math.fsum(p)", "1-2 memory"),
    (
        "x = p[0]\nfor v in p:\n    y = v\nfor w in p:\n    z = w",
        "",
    ),
    ("h, w = a.shape\nx = a.shape[1]", ""),
    (
        "z = zip(a, b)\nfor u, v in z:\n    x = u\nfor u, v in z:\n    y = u",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 memory",
    ),
    (
        "for u, v in zip(a, b):\n    x = u\nfor u, v in zip(a, b):\n    y = u",
        "",
    ),
    // Elements that are one object, and names that are of something else.
    (
        "rows = [a, a]\nrows[0] += 1\nrows[1] *= 2",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 memory",
    ),
    (
        "rows = [a, a]\nx = rows[0]\nrows[1] *= 2",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 memory",
    ),
    ("p[0] += 1\np[1] *= 2", ""),
    (
        "y = [TABLE for TABLE in range(3)]\nTABLE[0] = 1\nx = p[0]",
        "1-2 read-after-write, 2-3 memory",
    ),
    (
        "d = {}\ne = d\ne[0] = 1\ne[1] = 2",
        "1-2 read-after-write, 2-3 read-after-write, 2-4 read-after-write, 3-4 memory",
    ),
    (
        "e = dict()\ne[0] = 1\ne[1] = 2",
        "1-2 read-after-write, 1-3 read-after-write, 2-3 memory",
    ),
    // Names that each statement has for itself, and numbers by their use.
    (
        "for k in range(n):\n    a[k] = 1\nfor k in range(n):\n    b[k] = 2",
        "",
    ),
    (
        "for k in range(n):\n    a[k] = 1\nfor k in range(n):\n    a[k] += 2",
        "1-2 memory",
    ),
    (
        "if i:\n    t = a[i]\n    a[i] = t + 1\nif j:\n    t = b[i]\n    b[i] = t",
        "",
    ),
    (
        "t = a[i]\nb[i] = t\nt = a[j]",
        "1-2 read-after-write, 1-3 write-after-write, 2-3 write-after-read",
    ),
    ("t = 1\nif i > 2:\n    t = 2\n    b[0] = t", ""),
    (
        "if i:\n    t = 1\nb[0] = t\nt = 3",
        "1-2 read-after-write, 1-3 write-after-write, 2-3 write-after-read",
    ),
    ("x = n + 1\na[i] = n", ""),
    (
        "for k in range(3):\n    x = k\nb[0] = k",
        "1-2 read-after-write",
    ),
    (
        "for k in range(3):\n    x = k\nfor k in range(3):\n    y = x + k",
        "1-2 read-after-write",
    ),
    // What is certain, and what is not understood.
    ("if i:\n    a[i] = 1\na[i] = 2", "1-2 memory"),
    ("f = lambda: 1\nx = i", "1-2 opaque-of-first"),
    ("a[i % 5] += 1\na[0] *= 0.5", "1-2 memory"),
];

#[test]
fn memory_is_shared_unless_it_is_known_not_to_be() {
    check_dependences(SHARED);
}

#[track_caller]
fn check_dependences(cases: &[(&str, &str)]) {
    let sandbox = Sandbox::new();
    let blocks: Vec<&str> = cases.iter().map(|(block, _)| *block).collect();
    let found = dependences(&sandbox, &blocks);
    assert_eq!(found.len(), cases.len());
    let differing = cases.iter().zip(found);
    let differing = differing.filter_map(|((block, expected), found)| {
        (found != *expected).then(|| format!("{block}: {found}, not {expected}"))
    });
    let differing: Vec<String> = differing.collect();
    assert!(differing.is_empty(), "{}", differing.join("\n\n"));
}

/// The answers to a function with these lines from line 2 on, about lines of it.
fn of_functions(cases: &[(&str, [u32; 2])]) -> Vec<String> {
    let sandbox = Sandbox::new();
    let requests = cases.iter().enumerate().map(|(number, (body, lines))| {
        let text = format!("def f(p, q, width):\n{body}");
        let path = sandbox.write(&format!("function-{number}.py"), &text);
        serde_json::json!({
            "path": path, "lines": lines, "function": null, "assume": false, "most": 24,
        })
    });
    answers(&sandbox, &requests.collect())
        .iter()
        .map(said)
        .collect()
}

#[test]
fn what_is_around_a_block_matters() {
    let tried =
        "    try:\n        p[0] = 1\n        p[1] = 2\n    except ValueError:\n        pass\n";
    let compared = "    for x in range(9):\n        if x + 1 < width:\n            p[x] = width\n        \
                    if x > 1:\n            p[x + 1] = width\n";
    let read_after = "    for k in range(2):\n        for k in range(3):\n            p[k] = 1\n        \
                      for k in range(3):\n            q[k] = 1\n        p[k] = 2\n";
    let found = of_functions(&[(tried, [3, 4]), (compared, [3, 6]), (read_after, [3, 6])]);
    assert_eq!(
        found,
        [
            "the block is in the `try` in line 2, whose handlers would see what an exception has \
             left undone",
            "",
            "1-2 read-after-write",
        ]
    );
}

/// How deep an expression may be differs by the version of Python.
#[test]
fn what_is_nested_too_deeply_is_refused() {
    let deep = format!("    x = {}1\n    y = 2\n", "1 + ".repeat(9_000));
    let found = of_functions(&[(&deep, [2, 3])]);
    assert!(found[0].contains("nested too deeply"), "{found:?}");
}

/// What is said of a name that another one hides.
#[test]
fn functions_are_known_by_what_the_script_binds() {
    let sandbox = Sandbox::new();
    let shadowed = "abs = helper.abs\nx = abs(i)\ny = j";
    let found = dependences(&sandbox, &[shadowed]);
    assert_eq!(found, ["1-2 read-after-write, 2-3 call-of-first"]);
}

#[test]
fn blocks_that_cannot_be_reordered_are_refused() {
    let sandbox = Sandbox::new();
    let cases = [
        ("x = 1", "there is only one statement to order, in line 16"),
        ("x = 1; y = 2\nz = 3", "line 16 has more than one statement"),
        (
            "x = 1\ndef g():\n    pass",
            "the `def` in lines 17 to 18 cannot be moved",
        ),
        (
            "x = 1\nimport os",
            "the `import` in line 17 cannot be moved",
        ),
        ("x = 1\nglobal y", "the `global` in line 17 cannot be moved"),
        ("# nothing\n\n# here", "there is no statement"),
        ("x = (", "it is not valid Python at line"),
    ];
    let found = dependences(&sandbox, &cases.map(|(block, _)| block));
    assert_eq!(found.len(), cases.len());
    for ((block, expected), found) in cases.iter().zip(found) {
        assert!(found.contains(expected), "{block}: {found}");
    }
}

#[test]
fn wrong_lines_are_told_before_anything_is_run() {
    let check = |lines: &str, phrases: &[&str]| {
        let sandbox = Sandbox::new();
        let run = sandbox.profila(["reorder", "examples/dither2.py", "--lines", lines]);
        run.outcome().fails_with(2, phrases);
    };
    check(
        "38-900",
        &["examples/dither2.py: there is no line 900", "66 lines"],
    );
    check(
        "39-45",
        &["cut the statement in lines 38 to 39", "--lines 38-45"],
    );
    check("38-38", &["line 38 cuts the statement in lines 38 to 39"]);
    check("29-31", &["the docstring in line 29"]);
    check("45-38", &["FIRST-LAST"]);
    check(
        "36-37",
        &[
            "have one legal order",
            "may access the same memory",
            "--assume-independent",
        ],
    );
    let sandbox = Sandbox::new();
    let run = sandbox.profila(["reorder", "examples/dither2.py", "--function", "none"]);
    run.outcome()
        .fails_with(2, &["there is no function `none`"]);
    let run = sandbox.profila(["reorder", "examples/dither2.py", "--lines", "38-45"]);
    let run = run.args(["--write", "examples/dither2.py"]);
    run.outcome()
        .fails_with(2, &["`examples/dither2.py` already exists"]);
    let run = sandbox.profila([
        "reorder",
        "examples/dither2.py",
        "--lines",
        "38-45",
        "--runs=1",
    ]);
    run.outcome().fails_with(2, &["one round has no intervals"]);
    let of_the_example = |arguments: &[&str], phrases: &[&str]| {
        let run = sandbox.profila(["reorder", "examples/dither2.py", "--lines", "38-45"]);
        run.args(arguments).outcome().fails_with(2, phrases);
    };
    of_the_example(
        &["--assume-independent"],
        &["how the results are compared", "--same-output off"],
    );
    of_the_example(
        &["--write=./new.py", "--export-json=new.py"],
        &["`--write` and an export have the same file"],
    );
}

/// Three statements, of which the last reads what the first has written.
const SCRIPT: &str = "import time
from pathlib import Path

import numpy as np
from numba import njit

import beside

assert (Path(__file__).parent / 'beside.py').exists()


@njit(cache=True)
def work(a, times):
    total = 0.0
    for i in range(times):
        # The first one.
        x = a[i % 5] + i
        y = i * 3 % 7
        total += x * beside.FACTOR
        total -= y
    return total


work(np.arange(5.0), 1)
start = time.perf_counter()
found = work(np.arange(5.0), 5_000_000)
print('sum', found)
print(f'{1 / (time.perf_counter() - start):.4f} sums / sec')
";

/// Runs `reorder` on a script beside which there is a module, with some lines of it.
fn reorder(sandbox: &Sandbox, lines: &str, arguments: &[&str]) -> Outcome {
    sandbox.write("users/beside.py", "FACTOR = 2.0\n");
    let script = sandbox.write("users/script.py", SCRIPT);
    let run = sandbox.profila(["reorder", "--runs=2", "--orders=2", "--sampler=ptrace"]);
    let run = run.args(["--lines", lines]);
    let outcome = run.args(arguments).arg(script).outcome();
    // Nothing is written where the script is.
    let left = fs::read_dir(sandbox.path("users")).unwrap();
    let mut left: Vec<_> = left.map(|it| it.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["beside.py", "script.py"]);
    outcome
}

#[test]
fn only_legal_orders_are_measured() {
    let sandbox = Sandbox::new();
    let (json, new) = (sandbox.path("found.json"), sandbox.path("new.py"));
    let arguments = ["--same-output=sum .*", "--export-json"];
    let arguments = [&arguments[..], &[json.to_str().unwrap()]].concat();
    let arguments = [&arguments[..], &["--write", new.to_str().unwrap()]].concat();
    let outcome = reorder(&sandbox, "16-19", &arguments).exits_with(0);
    let found: Value = serde_json::from_str(&fs::read_to_string(json).unwrap()).unwrap();
    let orders = found["orders"].as_array().unwrap();
    let mut orders: Vec<String> = orders
        .iter()
        .map(|it| it["statements"].to_string())
        .collect();
    orders.sort();
    assert_eq!(orders.len(), 2);
    assert_eq!(orders[0], "[1,2,3]");
    assert!(["[1,3,2]", "[2,1,3]"].contains(&&*orders[1]), "{orders:?}");
    assert_eq!(found["legal_orders"], 3);
    assert_eq!(found["results"], "same-matches");
    let stdout = outcome.stdout();
    for said in [
        "2 of the 3 legal orders of the 3 statements",
        "3 reads x, which 1 assigns",
        "what the pattern matches",
        "the placebo is",
    ] {
        assert!(stdout.contains(said), "no `{said}` in {outcome:?}");
    }
    // Chance may have it that an order is told apart.
    let is_better = orders_told_faster(&found) > 0;
    assert_eq!(new.exists(), is_better, "{outcome:?}");
    let said = if is_better {
        "wrote "
    } else {
        "new.py was not written"
    };
    assert!(outcome.stderr().contains(said), "{outcome:?}");
}

fn orders_told_faster(found: &Value) -> usize {
    let orders = found["orders"].as_array().unwrap();
    orders.iter().filter(|it| it["verdict"] == "faster").count()
}

/// Both statements change the same sum, and rounding shows which one came first.
#[test]
fn an_order_that_changes_results_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write(
        "script.py",
        "import numpy as np\nfrom numba import njit\n\n\n@njit\ndef work(a, times):\n    \
         for i in range(times):\n        a[i % 5] += 1\n        a[0] *= 0.5\n    return a\n\n\n\
         work(np.zeros(5), 1)\nprint(work(np.zeros(5), 3_000_000)[0])\n",
    );
    let run = sandbox.profila([
        "reorder",
        "--lines=8-9",
        "--runs=2",
        "--sampler=ptrace",
        "--same-output=stdout",
    ]);
    let run = run
        .arg("--assume-independent")
        .arg(sandbox.path("script.py"));
    let outcome = run.outcome();
    let phrases = [
        "the order as it is",
        "order 2→1",
        "printed different output",
    ];
    outcome.fails_with(5, &phrases);
}
