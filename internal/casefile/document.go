package casefile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"wsprobe/internal/rules"
)

// What a case file may be at most.
const (
	maxFile  = 1 << 20 // bytes
	maxDepth = 64      // mappings and lists inside each other
)

// file is a case file while it is read.
type file struct {
	name     string // as problems call it
	dir      fs.FS  // where a payload's {file: …} is looked for
	read     map[string][]byte
	problems problems
	rules    map[rules.ID]*ownRule // of the suite's own
	left     int                   // what names may still expand to, see spend
}

// document parses the one YAML document of a case file. It returns nil when
// there is none that could be read on.
func (f *file) document(data []byte) *yaml.Node {
	start := Pos{File: f.name, Line: 1, Col: 1}
	if len(data) > maxFile {
		f.problems.add(start, "the file is larger than 1 MiB")
		return nil
	}
	if i, what := unprintable(data); what != "" {
		f.problems.add(f.place(data[:i]), "%s", what)
		return nil
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) || err == nil && empty(&doc) {
		f.problems.add(start, "the file is empty")
		return nil
	}
	if err != nil {
		f.notYAML(err)
		return nil
	}
	if err := decoder.Decode(&second); err == nil {
		f.problem(&second, "a case file is one YAML document; this begins a second one")
	} else if !errors.Is(err, io.EOF) {
		f.notYAML(err)
	}
	if !f.plain(doc.Content[0], 1) {
		return nil
	}
	return doc.Content[0]
}

// empty reports whether a document has nothing but comments in it.
func empty(doc *yaml.Node) bool {
	return len(doc.Content) == 0 || doc.Content[0].Kind == yaml.ScalarNode && doc.Content[0].Value == ""
}

// unprintable finds the first byte that is not UTF-8, or the first character
// that YAML does not have.
func unprintable(data []byte) (at int, what string) {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			return i, "the file is not UTF-8"
		case r < ' ' && r != '\t' && r != '\n' && r != '\r', r >= 0x7F && r < 0xA0 && r != 0x85, r == 0xFFFE, r == 0xFFFF:
			return i, fmt.Sprintf("the character %U cannot stand in YAML; write it as {hex: ...}", r)
		}
		i += size
	}
	return 0, ""
}

// place returns the place behind some text.
func (f *file) place(before []byte) Pos {
	line := before[bytes.LastIndexByte(before, '\n')+1:]
	return Pos{File: f.name, Line: 1 + bytes.Count(before, []byte("\n")), Col: 1 + utf8.RuneCount(line)}
}

var (
	yamlError = regexp.MustCompile(`^yaml: (?:line (\d+): )?`)
	// grammarError are the errors that yaml.v3 counts lines from 0 for.
	grammarError = regexp.MustCompile(`^did not find expected (',' or|key|'-' indicator|node content|<)`)
)

// notYAML turns an error of the parser, which knows only the line, into a problem.
func (f *file) notYAML(err error) {
	text, line := err.Error(), 1
	if m := yamlError.FindStringSubmatch(text); m != nil {
		text = strings.TrimPrefix(text, m[0])
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = n
		}
	}
	switch {
	case grammarError.MatchString(text):
		line++
		text += "; a text with one of , : ? # [ ] { } in it may need quotes"
	case strings.HasPrefix(text, "mapping values"):
		text += `; a text with ": " in it needs quotes`
	case strings.HasPrefix(text, "found character that cannot start"):
		text += "; a tab cannot indent, and a text that begins with @ or ` needs quotes"
	}
	f.problems.add(Pos{File: f.name, Line: line, Col: 1}, "this is not YAML: %s", text)
}

// plain checks that the tree under n is made of mappings, lists and scalars
// only: nothing that stands for something else. It is false when the tree
// cannot be read on.
func (f *file) plain(n *yaml.Node, depth int) bool {
	switch {
	case n.Kind == yaml.AliasNode:
		f.problem(n, "case files have no aliases; give the value a name under data: and write $name")
		return false
	case depth > maxDepth:
		f.problem(n, "more than %d mappings and lists inside each other", maxDepth)
		return false
	}
	if n.Anchor != "" {
		f.problem(n, "case files have no anchors; give the value a name under data: and write $name")
	}
	if n.Style&yaml.TaggedStyle != 0 {
		f.problem(n, "case files have no tags such as %s", cut(n.Tag))
	}
	ok := true
	if n.Kind == yaml.MappingNode {
		ok = f.plainKeys(n)
	}
	for _, child := range n.Content {
		ok = f.plain(child, depth+1) && ok
	}
	return ok
}

// plainKeys checks the keys of a mapping: texts, each there once.
func (f *file) plainKeys(n *yaml.Node) bool {
	ok := true
	first := map[string]int{}
	for key := range pairs(n) {
		switch line, twice := first[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			f.problem(key, "a key is a word, not %s", describe(key))
			ok = false
		case key.Tag == "!!merge":
			f.problem(key, "case files have no merge keys")
			ok = false
		case twice:
			f.problem(key, "the key %q is here twice, first in line %d", cut(key.Value), line)
		default:
			first[key.Value] = key.Line
		}
	}
	return ok
}
