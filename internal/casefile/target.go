package casefile

import (
	"fmt"
	"os"
	"path/filepath"

	"gopkg.in/yaml.v3"
)

// Target is what a target file says of an implementation under test.
type Target struct {
	Name  string
	URL   string   // may hold {port} beside Start
	Start string   // the command that starts it, run in Dir
	Have  []string // nil: to be found out
	Known string   // its known failures, a path
	Dir   string   // the folder of the file, which its paths start from

	Protocols []string // the subprotocols to offer it
	CACert    string   // the certificates to trust, a path
}

var targetTable = table[Target]{
	name: "target file", like: "target: NAME, url: ws://127.0.0.1:9001/", about: "An implementation under test.",
	keys: []key[Target]{
		field("target", "What it is called, with its version.", verbatim("the name of the target"), func(t *Target, v string) { t.Name = v }).must(),
		field("url", "Where it listens.", verbatim("a URL"), func(t *Target, v string) { t.URL = v }),
		field("have", "What it has; asked for if left out.", needsValue, func(t *Target, v []string) { t.Have = v }),
		field("start", "The command that starts it at {port}.", verbatim("a command"), func(t *Target, v string) { t.Start = v }),
		field("protocols", "The subprotocols to offer it.", oneOrMore("subprotocols", verbatim("a subprotocol")),
			func(t *Target, v []string) { t.Protocols = v }),
		field("cacert", "The file of the certificates to trust, in PEM.", verbatim("a file"), func(t *Target, v string) { t.CACert = v }),
		field("known", "The file of its known failures.", verbatim("a file"), func(t *Target, v string) { t.Known = v }),
	},
}

// verbatim is a text in which a dollar is a dollar: in a command it belongs to
// the shell.
func verbatim(wanted string) value[string] {
	return value[string]{
		schema: textSchema,
		read: func(r *reader, n *yaml.Node) string {
			if n.Kind != yaml.ScalarNode || n.Value == "" {
				r.problem(n, "this is %s, not %s", wanted, describe(n))
				return ""
			}
			return n.Value
		},
	}
}

// LoadTarget reads a target file. Its Known, CACert and Dir come back as paths
// that hold from here.
func LoadTarget(path string) (*Target, []Problem, error) {
	dir := filepath.Dir(path)
	data, err := readAtMost(os.DirFS(dir), filepath.Base(path), maxFile)
	if err != nil {
		return nil, nil, fmt.Errorf("reading target file: %w", err)
	}
	t, problems := parseTarget(data, path)
	t.Dir = dir
	for _, p := range []*string{&t.Known, &t.CACert} {
		if *p != "" && !filepath.IsAbs(*p) {
			*p = filepath.Join(dir, *p)
		}
	}
	return t, problems, nil
}

// parseTarget reads the text of a target file.
func parseTarget(data []byte, name string) (*Target, []Problem) {
	f := &file{name: name}
	t := &Target{}
	root := f.document(data)
	if root == nil {
		return t, f.problems.sorted()
	}
	targetTable.read(&reader{file: f, scope: &scope{}}, root, t)
	if len(f.problems.list) == 0 && t.URL == "" && t.Start == "" {
		f.problem(root, "target file has no url and no start; one of them says where the target is")
	}
	return t, f.problems.sorted()
}
