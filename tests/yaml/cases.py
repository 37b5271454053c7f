"""Texts for compare.py that are no files in corpus/."""
import re


def lines(text):
    """Returns the lines of a raw string, with their escapes replaced."""
    escape = re.compile(r"\\(x..|u....|U.{8}|.)")
    return [escape.sub(lambda m: m[0].encode().decode("unicode_escape"), line) for line in text.split("\n")]


# Every branch of PyYAML's patterns of plain scalars, and texts that barely do not match.
SCALARS = re.split("[ \n]", """\
0 00 -0 +0 0_ _0 1 -1 +1 12 1_000 1__0 1_ _1 -_1 +1_ 08 09 07 010 -010 +010 0_7 0_8 01_ 0o7 0O7
0777 00_1 089 0b 0b_ 0b0 0b1 -0b1 +0b101 0b1_0 0b__1 0b2 0B1 0b1.0 0x 0x_ 0x0 0xF 0xf_f -0x1f +0xAB
0X1F 0xg 0x1.8 0x1p3 9223372036854775807 9223372036854775808 -9223372036854775808
-9223372036854775809 18446744073709551616 0x7fffffffffffffff 0x8000000000000000
-0x8000000000000000 0xffffffffffffffff 0777777777777777777777 01777777777777777777777 0b111
99999999999999999999 1_0_0_0_0_0_0_0_0_0_0_0_0_0_0_0_0_0_0_0_0 00000000000000000000000001
1.0 1. -1. +1.5 1.5_0 1_0.5 1._5 1._ .5 -.5 +.5 ._5 .5_ .5e3 .5e+3 .5E-3 1e3 1e+3 1.e+3 1.e3 1.5e3
1.5e+3 1.5E-3 1.5e+ 1.5e+3_0 1.5e-400 1.5e+400 -1.5e+400 1_e+3 1_.e+3 0.1 0.2 0.30000000000000004
1.7976931348623157e+308 4.9e-324 08.5 00.5 0x1.5 . -. +. .. ... 1.2.3 1..2 1.5.e+1 0. 0.0 -0.0
123456789012345678901234567890.5 0.1234567890123456789 2.5e+0 1:30 1:3 1:60 1:59 1:5:9 190:20:30
190:20:30.15 -1:30 +1:30 0:30 01:30 1:30: :30 1::30 1:300 1_0:30 1:3_0 1_:30 1:30. 1:30.5 -1:30.5
0:30.5 1:30._5 1:30.5e+3 1:60.5 20:30.15 08:30.5 1:1:1:1:1:1:1:1:1:1 9:9:9 1:-3
2562047788015215:30:07 2562047788015215:30:08 2501999792983609:59:59.5 -2562047788015215:30:08
-2562047788015215:30:09 999999999999999:59 9999999999999999:0 153722867280912930:7
153722867280912930:8 99999999999999999999:1 1:1:1:1:1:1:1:1:1:1:1:1:1:1 10:1.1 59:59:59.999999
.inf .Inf .INF -.inf +.inf -.INF +.Inf .iNf inf Infinity -inf .nan .NaN .NAN -.nan +.nan .Nan nan
NaN .infx .nan. y Y n N yes Yes YES yEs no No NO nO true True TRUE tRUE false False FALSE on On ON
oN off Off OFF oFF t f ~ null Null NULL nULL nil none None ~~ ~a = == =a << <<< < <<a 2001-12-14
2001-1-1 2001-13-45 2001-12-14T21:59:43Z 2001-12-14t21:59:43.10-05:00 0000-00-00 20011214 2001-12-1
12-12-2001 2001-12-14. 1.2.3.4 1-2 1+2 1,000 1% 100% 5px 1st v1 a:b a:b:c http://x:80/y ref://A a#b
#a a!b a&b a*b a|b a>b a%b a@b a`b @a `a %a !a a' a" 'a' "a" 'it''s' "q\\"q" - -a --a --- -- ? ?a :
:a a: ,a a,b [ ] { } [a {a a] a} \u00e9 \u00df \u65e5\u672c \U0001f600 \u00a0 a\u00a0b \u200b
\ufeffa a\ufeffb \u2028 a\u2028b \u2029 \x85 a\x85b \x7f \x80 \x9f \x01 \x1b \x0b \x0c \ufffe \uffff
\ufffd \U0001fffe \U0010ffff \uff40 \uff11 \u0663 \u00bd 1\u00a0 1_\u00a0 yes\u00a0 \\ \\n \\x a\\b
// /x ./x ../x $x ${x} a$b a~b a\u2028 a\x85 \u20281 1\u2029""") + [
    "", "two words", "1 2", "a  b", "a #b", "a# b", "a: b", "a :b", "- a", "? a", "2001-12-14 21:59:43",
    "2001-12-14 21:59:43.5 +1", "yes no", "a\n  b", "1\n  2", "a\n\n  b", '"a\n  b"', "'a\n  b'",
    "1" * 400, "1." + "0" * 400, "a" * 2000, "x:" * 600 + "y",
]

# Places of a scalar.
PLACES = ["{}", "a: {}", "- {}", "[{}]", "[x, {}, y]", "{{a: {}}}", "{{{}: a}}", "{}: a", "? {}\n: a", "a: '{}'",
          'a: "{}"', "a: |\n  {}", "a: >\n  {}", "a: &x {}\nb: *x", "! {}", "a: {} # comment"]

# Each tag with each of these texts, plain and quoted.
TAGS = ["!!str", "!!int", "!!float", "!!bool", "!!null", "!!seq", "!!map", "!", "!local", "!!binary", "!!timestamp",
        "!!set", "!!omap", "!!pairs", "!!merge", "!!value", "!!unknown", "!<tag:yaml.org,2002:int>", "!<!>", "!e!x",
        "!!python/name:os.system", "!!float &a", "&a !!int"]
TAGGED = ["", "5", "'5'", '"5"', "-5", "+5", "1_0", "010", "08", "0x1F", "0xg", "0b11", "0b_", "0o7", "1:30", "1:99",
          "1:30.5", "5.5", ".5", "+.5", "-.5", "5.", "1e3", "1e+3", "1.5e3", "1.5e-3", "1e", "e3", "1_0.5", ".inf",
          "-.inf", ".nan", "-.nan", "inf", "nan", "infinity", "0x1p3", "1.2.3", "99999999999999999999", "1e400",
          "yes", "yEs", "y", "true", "'no'", "~", "null", "nothing", "a", "<<", "=", "2001-12-14", "[1]", "{a: 1}",
          "[[a, 1]]", "[{a: 1}]", "' 5'", "'5 '", "_", "'-'", "+", ".", "_.5", "1__0.0_1", "!!str 5", "*x", "1 2"]

ESCAPES = ["\\" + c for c in "0abtnvfre \"/\\N_LP'zxuU1\t"] + [
    "\\x41", "\\x4", "\\xgg", "\\x00", "\\u00e9", "\\u20ac", "\\ud83d", "\\ud83d\\ude00", "\\ufffe", "\\uffff",
    "\\U0001f600", "\\U00110000", "\\U0000d800", "\\\n  b", "\\ \n  b", "\\\\n", "\\u12"]

# Block scalars: style, chomping and indentation against contents.
BLOCKS = ["|", "|-", "|+", ">", ">-", ">+", "|1", "|2", "|2-", "|-2", ">+1", "|0", "|9", "|10", "|+-", "| # comment",
          "|x", ">#", "|\t", "!!str |", "&a >-"]
BLOCK_TEXTS = ["", "\n", "  a", "  a\n", "  a\n\n", "  a\n  b\n", "  a\n\n  b\n", "  a\n   b\n  c\n", "   a\n  b\n",
               "\n  a\n", "  a\n \n", "  a\n     \n", "  \ta\n", "  a\n# c\n", "  # a\n", "  a\nb: 1\n", "  a \n  b\t\n",
               "  5\n", "  yes\n", "  - a\n", "  a\r\n  b\r\n", "  a\x85  b\n", "  a\u2028  b\n", "  a\n\n\n  b\n\n\nc: 1\n",
               "  \u00e9\n  \U0001f600\n", "\n\n   a\n  b\n", "  a\n\tb\n", " a\n", "a\n", "  ---\n", "  a\n...\n"]

ANCHORS = lines(r"""a: &x 1\nb: *x
a: &x [1, 2]\nb: *x\nc: [*x, *x]
a: &x {k: 1}\nb: *x
a: *x
a: &x 1\nb: &x 2\nc: *x
a: &x 1\nb: &x 1
a: &x [*x]
a: &x {k: *x}
&x a: *x
&x a: 1\nb: *x
*x : 1
a: &x k\n*x : 1
a: &x k\n? *x\n: 1
a: &x\nb: *x
a: &x\n- 1
a: &x-y_1 1\nb: *x-y_1
a: &é 1\nb: *é
a: & 1
a: *
a: &x *x
a: &x &y 1
a: &x !!int 5\nb: *x
a: !!str &x 5\nb: *x
- &x a\n- *x\n- {k: *x}
&x {a: 1, b: 2}
&x\na: 1
a: &x {<<: *x}
a: &x [1, &y [2], *y]\nb: [*x, *y]
[&a a, *a]
{&a a: &b b, *a : *b}
{a: &b b, c: *b}
[&a [], *a, &b {}, *b]
a: &<< 1
a: &a.b 1\nb: *a.b
a: &a:b 1\nb: *a:b""")

MERGES = lines(r"""a: &a {x: 1}\nb: {<<: *a}
a: &a {x: 1}\nb: {<<: *a, x: 2}
a: &a {x: 1}\nb: {x: 2, <<: *a}
a: &a {x: 1}\nc: &c {x: 2, y: 3}\nb: {<<: [*a, *c]}
a: &a {x: 1}\nc: &c {x: 2, y: 3}\nb: {<<: [*c, *a]}
a: &a {x: 1}\nc: &c {x: 2, y: 3}\nb: {<<: *a, <<: *c}
a: &a {x: 1}\nc: &c {x: 2, y: 3}\nb: {<<: *c, z: 1, <<: *a}
a: &a {x: 1}\nc: &c {<<: *a, y: 2}\nb: {<<: *c, z: 3}
a: &a {x: 1}\nc: &c {<<: *a, x: 2}\nb: {<<: *c}
a: &a {x: 1}\nc: &c {<<: *a, x: 2}\nb: {<<: [*a, *c]}
a: &a {x: {p: 1}}\nb: {<<: *a, x: {q: 2}}
<<: {x: 1}
<<: {x: 1}\nx: 2
<<: [{x: 1}, {x: 2, y: 2}]\nz: 3
<<: []
<<: {}
<<:
<<: 1
<<: text
<<: [1]
<<: [[{x: 1}]]
<<: [{x: 1}, 2]
"<<": {x: 1}
'<<': 1
!!str <<: {x: 1}
! <<: {x: 1}
! "<<": {x: 1}
!!merge <<: {x: 1}
!!merge k: {x: 1}
&m <<: {x: 1}
[<<]
[<<: {x: 1}]
{<<: {x: 1}, "<<": 2}
<<: {<<: {x: 1}, y: 2}
<<: {<<: {x: 1, y: 1}, y: 2}
<<: &a {x: 1}\ny: *a
<<: {1: a}\n"1": b
<<: {"1": b}\n1: a
<<: {yes: 1}\ntrue: 2
<<: [{1: a}, {"1": b}]
<<: {=: 1}\nb: 2
=: 1
{=: 1, a: 2}
a: =
!!value =: 1
! =: 1
a: {=: 5}
!!str {=: text}
!!int {=: 5}""")

MAPS = lines(r"""a: 1\na: 2
a: 1\nb: {a: 1, a: 2}
{a: 1, a: 1}
{a: 1, 'a': 1}
1: a\n1: b
1: a\n"1": b
1: a\n1.0: b
1: a\n01: b
1: a\nyes: b
yes: a\ntrue: b
~: a
null: a\n~: b
~: a\n"~": b
: a
? \n: a
? a
? a\n? b
{a}
{a, b: c}
{a: , b: }
{: a}
{? a : b}
{? a, ? b : c}
[a: b]
[a: b, c: d]
[? a : b]
[: b]
[a, , b]
[a, b, ]
[,]
{,}
[]
{}
{a:b}
{a:b, c}
{"a":b}
{"a":1,"b":[1,2]}
[a,b]
["a","b"]
["a":b]
{a: [b, {c: d}], e: []}
[[a], [b, [c]]]
{[a]: b}
{{a: b}: c}
? [a]\n: b
? {a: b}\n: c
? - a\n: b
? |\n  a\n: b
? "a"\n: 'b'
a:\n- 1\n- 2
a:\n - 1\n - 2
- - a\n  - b\n- c
- a: 1\n  b: 2\n- c
-\n  a\n-\n  - b
- \n- 
a:\n  b:\n    c: 1\n  d: 2\ne: 3
a:\n  b: 1\n c: 2
a: 1\n b: 2
a: 1\n  - 2
- 1\na: 2
a: 1\n- 2
a:\n\tb: 1
a:\tb
a: \tb
a: b\t
a: b\t# c
a:\t\n  b: 1
-\ta
- \ta
[a,\tb]
[\ta]
{\ta: b}
{a:\tb}
{a: b\t}
\ta: b
a: b\n\t
a: b\n\t# c\nc: d
a: "x\ty"
a: 'x\ty'
a: x\ty
? a\t: b
a : b
a  :  b
"a" : b
'a': b
"a b": c
a b: c
a: b: c
a: 'b': c
a: b:
a: - b
a: [b
a: {b
a: ]
a: }
a: "b
a: 'b
a: b"
a: 'b'c
a: "b" c
a: @b
a: `b
a: %b
a: |b
a: > b
a: ,b
a: ?b
a: :b
a: -b
a: !b
a: &b
a: *b
?a: b
-a: b
:a: b
[?a]
[-a]
[:a]
[a:]
[a:,b]
[a?b]
[a?]
[-]
[- a]
[?]
[a: ?b]
{a?: b}
{a: b?c}
{a: b:c}
{a: b:, c: d}
{a::b}
{a: :b}
[a#b]
[a #b\n]
# c
# c\na: 1
a: 1 # c
a: 1# c
a: 1 #
a: # c\n  1
a: # c\n  - 1
- # c\n  a
#
a:#b
a: #
{a: 1, # c\n b: 2}
{a: 1 # c\n}
[a # c\n, b]
[\n# c\n]
a: b # c\n  d
a: b\n# c\n  d
a: b\n  # c\n  d
a: 'b # c'""")

STREAMS = lines(r"""
\n
\n\n
 
\t
---
--- 
---\n
--- a
---a
--- a: 1
---\na: 1
---\na: 1\n...
---\na: 1\n...\n
a: 1\n---\nb: 2
a: 1\n---
a: 1\n...
a: 1\n...\n...
a: 1\n...\nb: 2
a: 1\n...\n---\nb: 2
a: 1\n... # c
a: 1\n...x
...
...\na: 1
...\n---\na: 1
---\n---
---\n...
--- |\n  a
--- >\n a\n b
--- [a]
--- &x a
--- !!int 5
--- # c\na: 1
%YAML 1.1\n---\na: 1
%YAML 1.2\n---\na: 1
%YAML 1.3\n---\na: 1
%YAML 2.0\n---\na: 1
%YAML 1.1\na: 1
%YAML 1.1\n%YAML 1.1\n---\na: 1
%YAML\n---\na: 1
%YAML 1\n---\na
%TAG ! tag:yaml.org,2002:\n---\na: !int 5
%TAG !y! tag:yaml.org,2002:\n---\na: !y!int "5"
%TAG !y! tag:x,2000:\n---\na: !y!int "5"
%TAG !! tag:x,2000:\n---\na: !!int "5"
%TAG !y! tag:yaml.org,2002:\n%TAG !y! tag:yaml.org,2002:\n---\na
%OTHER x\n---\na: 1
%\n---\na
a: 1\n%YAML 1.1\n---\nb: 1
a: %x
a: 1\r\nb: 2\r\n
a: 1\rb: 2\r
a: 1\n\rb: 2
a: |\r\n  b\r\n  c\r\n
a: "b\r\n  c"
a: 1\x85b: 2
a: 1\u2028b: 2
a: 1\u2029b: 2
a: "b\u2028c"
a: "b\u2028  c"
a: 'b\x85c'
a: b\x85  c
a: b\u2028  c
# c\x85a: 1
# c\u2028a: 1
\ufeffa: 1
\ufeff
\ufeff---\na: 1
\ufeff# c\na: 1
\ufeff\ufeffa: 1
a: 1\n\ufeffb: 2
a: \ufeffb
a: b\ufeff
"\ufeff"
a: 1\n...\n\ufeff---\nb: 1
a: \x00
a: 1\x00
\x00
a: "\x00"
# \x00
a: \x01
a: "\x01"
# \x1b
a: \x7f
a: "\x7f"
a: \x80
a: \xa0
a: "\x9f"
a: \ufffe
a: "\uffff"
a: \ud7ff
a: \ue000
a: \U00010000
a: \U0010ffff
\u00e9: 1\n\u65e5\u672c: 2
\U0001f600: \U0001f601
"\\u00e9": 1\n\u00e9: 2""")

# Invalid UTF-8, and texts in other encodings.
BYTES = [b"a: \xff", b"a: \xc3", b"a: \xc3\n", b"a: \xe9t\xe9\n", b"a: \xc0\x80", b"a: \xed\xa0\x80",
         b"a: \xf4\x90\x80\x80", b"a: \xf0\x80\x80\x80", b"a: \xe2\x82", b"a: \x80", b"# \xff\na: 1", b"a: 1\n# \xff",
         b"a: '\xfe'", b"\xef\xbb\xbfa: 1", b"\xef\xbb\xbf", b"\xef\xbb", b"\xef", b"\xff\xfe", b"\xfe\xff",
         "\ufeffa: 1\n".encode("utf-16-le"), "\ufeffa: 1\n".encode("utf-16-be"), "a: 1\n".encode("utf-16-le"),
         "\ufeffa: \U0001f600\n".encode("utf-16-le"), "\ufeffa: 1".encode("utf-32-le"), b"\xff\xfea", b"a: 1\x1a",
         b"a: " + b"x" * 20000 + b"\xff", b"# \xc3\xa9\n" * 3000 + b"a: \xff"]


def nested(depth, inner="x"):
    return "a: " + "[" * (depth - 2) + inner + "]" * (depth - 2)


def nested_maps(depth):
    return "".join(" " * i + "k:\n" for i in range(depth - 1)) + " " * depth + "x"


def bomb(levels, width=10):
    lines = ["l0: &l0 [" + ", ".join(["x"] * width) + "]"]
    for i in range(1, levels):
        lines.append(f"l{i}: &l{i} [" + ", ".join([f"*l{i - 1}"] * width) + "]")
    return "\n".join(lines)


def aliased(values):
    """Returns a text whose aliases stand for `values` nodes in total."""
    return "a: &a [" + ", ".join(["x"] * 99) + "]\nb:\n" + "- *a\n" * (values // 100) + "c: &c x\nd:\n" + \
        "- *c\n" * (values % 100)


LIMITS = [nested(d) for d in (98, 99, 100, 101, 102, 150)] + [nested(d, "") for d in (99, 100, 101, 102)] + \
         [nested_maps(d) for d in (98, 99, 100, 101)] + \
         ["- " * d + "x" for d in (99, 100, 101)] + [bomb(n) for n in (2, 3, 4, 5, 9)] + \
         [aliased(n) for n in (99_999, 100_000, 100_001)] + \
         [f"a: &a {'[' * n}x{']' * n}\nb: {'[' * m}*a{']' * m}" for n, m in ((50, 47), (50, 48), (50, 49), (50, 50))] + \
         ["a: " + "x" * 200_000, "a: '" + "x y " * 50_000 + "'", "x" * 1000 + ": 1", "x" * 1023 + ": 1",
          "x" * 1024 + ": 1", "x" * 1025 + ": 1", "? " + "x" * 3000 + "\n: 1", "{" + "x" * 1025 + ": 1}",
          "a: [" + "1, " * 20_000 + "]", "".join(f"k{i}: {i}\n" for i in range(5000))]


def all_cases():
    """Returns every case once, as bytes."""
    texts = [place.format(scalar) for scalar in SCALARS for place in PLACES]
    texts += [place.format(f"{tag} {text}") for tag in TAGS for text in TAGGED for place in ("a: {}", "{}: 1", "[{}]")]
    texts += ["a: " + tag + "\n" + rest for tag in TAGS for rest in ("  - 1", "  k: 1", "b: 1", "- 1", "  |\n  x")]
    texts += [f'a: "{escape}"' for escape in ESCAPES] + [f'a: "x{escape}y"' for escape in ESCAPES]
    texts += [f"a: '{escape}'" for escape in ESCAPES] + [f"a: {escape}" for escape in ESCAPES]
    texts += [f"a: {block}\n{text}" for block in BLOCKS for text in BLOCK_TEXTS]
    texts += [f"- {block}\n{text}" for block in BLOCKS[:9] for text in BLOCK_TEXTS]
    texts += ANCHORS + MERGES + MAPS + STREAMS + LIMITS
    data = [text.encode("utf-8", "surrogatepass") for text in texts] + BYTES
    return list(dict.fromkeys(data))
