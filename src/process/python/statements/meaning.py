

# What a call of these reads is what it is given, and it writes nothing.
NUMBERS_OF = {"bool", "complex", "float", "int", "len"}
PURE_BUILTINS = NUMBERS_OF | {"abs", "enumerate", "max", "min", "range", "round", "zip"}
MATH = {"math", "cmath"}
CONSTANTS = {"e", "euler_gamma", "inf", "infj", "nan", "nanj", "pi", "tau"}
# These go through what they are given, as a loop does.
ITERATING = {"fsum", "prod", "sumprod", "dist", "enumerate", "zip"}
NUMPY_OF_ONE = set(
    "absolute abs fabs negative positive sign rint floor ceil trunc sqrt cbrt square "
    "reciprocal exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin arccos arctan sinh "
    "cosh tanh arcsinh arccosh arctanh deg2rad rad2deg degrees radians isnan isinf isfinite "
    "signbit conj conjugate invert bitwise_not logical_not spacing".split()
)
NUMPY_OF_TWO = set(
    "add subtract multiply divide true_divide floor_divide power float_power mod remainder "
    "fmod arctan2 hypot maximum minimum fmax fmin copysign nextafter ldexp logaddexp "
    "logaddexp2 heaviside gcd lcm bitwise_and bitwise_or bitwise_xor left_shift right_shift "
    "logical_and logical_or logical_xor equal not_equal less less_equal greater "
    "greater_equal".split()
)
NUMPY_SCALARS = set(
    "int8 int16 int32 int64 uint8 uint16 uint32 uint64 intp uintp float16 float32 float64 "
    "complex64 complex128 bool_".split()
)
NUMPY_ARRAYS = set("empty zeros ones arange linspace eye identity".split())
# These have the elements of what they are given, or elements of its type.
NUMPY_COPIES = set("empty_like zeros_like ones_like full_like array copy full".split())
NUMPY_LIKE = {"empty_like", "zeros_like", "ones_like"}
# Functions whose first argument is a number of elements, or several.
NUMPY_OF_LENGTHS = {"empty", "zeros", "ones", "full", "eye", "identity"}
DTYPE_PLACES = {"empty": 1, "zeros": 1, "ones": 1, "full": 2, "identity": 1, "eye": 3,
                "arange": 3, "linspace": 5, "array": 1, "empty_like": 1, "zeros_like": 1,
                "ones_like": 1, "full_like": 2}
METADATA = {"shape", "size", "ndim", "dtype", "itemsize", "nbytes", "strides"}
NUMBERS_OF_ARRAYS = {"size", "ndim", "itemsize", "nbytes"}


class Imports:
    """What names mean that the script imports, and nothing else binds."""

    def __init__(self, tree):
        self.modules, self.members, bound = {}, {}, {}
        # Attributes that something in the script assigns: they are no metadata.
        self.stored = set()
        # Methods of the script's own classes, which are whatever they are.
        self.methods = set()
        for node in ast.walk(tree):
            for name, meaning in self._bound_by(node):
                bound.setdefault(name, set()).add(meaning)
            if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
                self.stored.add(node.attr)
            elif isinstance(node, ast.Name) and node.id in ("setattr", "delattr"):
                self.stored |= METADATA
            elif isinstance(node, ast.ClassDef):
                self.methods |= {it.name for it in node.body if isinstance(it, FUNCTIONS)}
        self.ambiguous = {name for name, meanings in bound.items() if len(meanings) > 1}
        self.bound = set(bound)
        if "*" in self.bound:
            # Any name may be another's.
            self.ambiguous |= self.bound | set(dir(builtins))

    def _bound_by(self, node):
        """The names that a node binds, each with what it then means."""
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.split(".")[0]
                self.modules[name] = alias.name if alias.asname else name
                yield name, ("module", self.modules[name])
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                self.members[alias.asname or alias.name] = (node.module, alias.name)
                yield alias.asname or alias.name, (node.module, alias.name)
        elif isinstance(node, ast.Name):
            if not isinstance(node.ctx, ast.Load):
                yield node.id, node
        elif isinstance(node, ast.arg):
            yield node.arg, node
        elif isinstance(node, FUNCTIONS + (ast.ClassDef,)):
            yield node.name, node
        elif isinstance(node, ast.ExceptHandler) and node.name:
            yield node.name, node
        elif type(node).__name__ in ("MatchAs", "MatchStar") and node.name:
            yield node.name, node

    def meaning(self, function):
        """The module and the name of a function, if it is known."""
        if isinstance(function, ast.Name):
            name = function.id
            if name in self.ambiguous:
                return None
            if name in self.members:
                return self.members[name]
            return None if name in self.bound else ("builtins", name)
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
            name = function.value.id
            if name in self.modules and name not in self.ambiguous:
                return self.modules[name], function.attr
        return None

    def is_of_numbers(self, expression):
        """Whether an expression is a module of mathematics, whose members nobody assigns."""
        return self.is_module(expression) and self.modules[expression.id] in MATH | {"numpy"}

    def is_module(self, expression):
        return (
            isinstance(expression, ast.Name)
            and expression.id in self.modules
            and expression.id not in self.ambiguous
        )

    def is_metadata(self, node):
        """Whether an attribute is what an array is, and not what is in it."""
        return (
            isinstance(node, ast.Attribute)
            and node.attr in METADATA
            and node.attr not in self.stored | self.methods
            and not self.is_module(node.value)
        )

    def is_numeric_dtype(self, node):
        """Whether an expression is known to be the type of numbers."""
        if isinstance(node, ast.Constant):
            text = node.value.lstrip("<>=|") if isinstance(node.value, str) else ""
            return text[:1] in tuple("biufc") and text[1:].isdigit() or text in NUMPY_SCALARS
        meaning = self.meaning(node)
        if meaning is None:
            return False
        if meaning[0] == "builtins":
            return meaning[1] in ("bool", "complex", "float", "int")
        return meaning[0] == "numpy" and meaning[1] in NUMPY_SCALARS


class Call:
    """What is known of a call by the name of what is called."""

    def __init__(self, node, imports):
        self.node, self.imports = node, imports
        self.arguments = list(node.args) + [keyword.value for keyword in node.keywords]
        self.keywords = {keyword.arg: keyword.value for keyword in node.keywords}
        self.module, self.function = imports.meaning(node.func) or (None, None)
        self.kind = self._kind()

    def _kind(self):
        """`number`; `array` of numbers; `numeric`, an array or a number of its own; `copy`, an
        array with elements such as it is given; `view`, of what it is given; `range`;
        `copy-method` and `astype-method`, of something; or None where anything may happen."""
        node, function = self.node, self.node.func
        if None in self.keywords or any(isinstance(it, ast.Starred) for it in node.args):
            return None
        if isinstance(function, ast.Attribute) and not self.imports.is_module(function.value):
            return self._kind_of_method(function.attr)
        if self.module in ("numba", "numba.misc.special") and self.function == "prange":
            return "range"
        if self.module == "builtins" and self.function in PURE_BUILTINS:
            if self.function == "range":
                return "range"
            if self.function in NUMBERS_OF:
                return "number"
            return "view" if not self.keywords else None
        if self.module in MATH:
            return "number"
        return self._kind_of_numpy() if self.module == "numpy" else None

    def _kind_of_method(self, name):
        if name in self.imports.methods:
            return None
        if name == "copy" and not self.arguments:
            return "copy-method"
        is_plain = len(self.node.args) == 1 and not self.keywords
        if name == "astype" and is_plain and self.imports.is_numeric_dtype(self.node.args[0]):
            return "astype-method"
        return None

    def _kind_of_numpy(self):
        name, given = self.function, self.node.args
        if set(self.keywords) & {"out", "where", "copy", "like", "subok"}:
            return None
        if name in NUMPY_SCALARS and len(self.arguments) <= 1:
            return "view"
        if name in NUMPY_OF_ONE and len(given) == 1 and not self.keywords:
            return "numeric"
        if name in NUMPY_OF_TWO and len(given) == 2 and not self.keywords:
            return "numeric"
        dtype = self.keywords.get("dtype")
        if dtype is None and len(given) > DTYPE_PLACES.get(name, len(given)):
            dtype = given[DTYPE_PLACES[name]]
        if name in NUMPY_ARRAYS | NUMPY_COPIES and dtype is not None:
            is_numeric = self.imports.is_numeric_dtype(dtype)
            return "array" if is_numeric else "view"
        if name in NUMPY_COPIES:
            return "copy"
        return "array" if name in NUMPY_ARRAYS else None

    def iterated(self):
        """The arguments that the call goes through."""
        is_of_one = self.function in ("max", "min") and len(self.node.args) == 1
        is_known = self.module in MATH | {"builtins"}
        return self.arguments if is_known and (is_of_one or self.function in ITERATING) else []

    def name(self):
        return ast.unparse(self.node.func)
