"""Has places put back in small modules: `puts_places_back.py LINE_TABLES`."""

import re
import sys

MODULE = """\
define void @f() !dbg !2 {{
{body}
}}
!profila.places = !{{!5, !6}}
!1 = !DIFile(filename: "f.py", directory: "/")
!2 = distinct !DISubprogram(name: "f", scope: !1, file: !1, line: 1)
!3 = !DILocation(line: 10, scope: !2)
!4 = !DILocation(line: 30, scope: !2)
!5 = !{{!"p00000000000a", !3}}
!6 = !{{!"p00000000000b", !4}}
!7 = !DILocation(line: 1, scope: !2)
"""

# An operation on several elements, which are stored on another line.
VECTOR = """\
vector:
  %1 = fmul <4 x double> %0, %0
  store <4 x double> %1, ptr %out, !dbg !7
"""

# What is left over, one by one: on line 10, or on line 30.
LEFT = """\
left{key}:
  %p00000000000{key}_x = fmul double %y, %y
  store double %p00000000000{key}_x, ptr %out, !dbg !7
"""

places = {"__name__": "profila_line_tables"}
exec(open(sys.argv[1]).read(), places)


def line_of_vector(*blocks):
    """Return the line that the operation on several elements gets."""
    text = places["_put_places_back"](MODULE.format(body="".join(blocks)))
    (place,) = re.findall(r"fmul <4 x double>.*!dbg !(\d+)", text)
    (line,) = re.findall(rf"^!{place} = !DILocation\(line: (\d+)", text, re.MULTILINE)
    return int(line)


a, b = LEFT.format(key="a"), LEFT.format(key="b")
assert line_of_vector(VECTOR, a) == 10
assert line_of_vector(VECTOR, b) == 30
# Nobody knows of which loop it is: it is where it is used.
assert line_of_vector(VECTOR, a, b) == 1
# What has a place keeps it.
kept = VECTOR.replace("%0, %0", "%0, %0, !dbg !4")
assert line_of_vector(kept, a) == 30
print("done")
