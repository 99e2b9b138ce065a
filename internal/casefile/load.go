package casefile

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Load reads the case files at those paths, folders included, in the order
// given and by name inside a folder. It returns the cases that could be read
// and every problem of those that could not.
func Load(paths []string) ([]*Case, []Problem, error) {
	var l loader
	seen := map[string]bool{}
	for _, p := range paths {
		files, err := caseFiles(p)
		if err != nil {
			return nil, nil, err
		}
		for _, file := range files {
			clean := filepath.Clean(file)
			if seen[clean] {
				continue
			}
			seen[clean] = true
			if err := l.onDisk(file); err != nil {
				return nil, nil, err
			}
		}
	}
	return l.cases, l.problems, nil
}

// LoadFS reads every case file in fsys; name is how the file system is called
// in front of its paths: "cases".
func LoadFS(fsys fs.FS, name string) ([]*Case, []Problem, error) {
	var l loader
	files, err := walk(fsys)
	if err != nil {
		return nil, nil, fmt.Errorf("reading %s: %w", name, err)
	}
	for _, p := range files {
		dir, err := fs.Sub(fsys, path.Dir(p))
		if err == nil {
			err = l.load(dir, path.Base(p), path.Join(name, p))
		}
		if err != nil {
			return nil, nil, fmt.Errorf("reading %s: %w", path.Join(name, p), err)
		}
	}
	return l.cases, l.problems, nil
}

// caseFiles returns the file at p, or the case files in the folder at p.
func caseFiles(p string) ([]string, error) {
	info, err := os.Stat(p)
	if err != nil {
		return nil, fmt.Errorf("finding case files: %w", err)
	}
	if !info.IsDir() {
		return []string{p}, nil
	}
	inside, err := walk(os.DirFS(p))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	if len(inside) == 0 {
		return nil, fmt.Errorf("finding case files: no *.yaml in %s", p)
	}
	for i, name := range inside {
		inside[i] = filepath.Join(p, filepath.FromSlash(name))
	}
	return inside, nil
}

// walk lists the case files in a file system, by name. Folders that begin with
// a dot are left out.
func walk(fsys fs.FS) ([]string, error) {
	var files []string
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch ext := path.Ext(p); {
		case err != nil:
			return err
		case d.IsDir() && strings.HasPrefix(d.Name(), ".") && p != ".":
			return fs.SkipDir
		case !d.IsDir() && (ext == ".yaml" || ext == ".yml"):
			files = append(files, p)
		}
		return nil
	})
	return files, err
}

// loader gathers what the files come to.
type loader struct {
	cases    []*Case
	problems []Problem
	suites   map[string]string // the file of each suite
}

// onDisk reads a case file; its payload files cannot be outside its folder,
// symbolic links included.
func (l *loader) onDisk(file string) error {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return fmt.Errorf("reading %s: %w", file, cause(err))
	}
	defer root.Close()
	if err := l.load(root.FS(), filepath.Base(file), file); err != nil {
		return fmt.Errorf("reading %s: %w", file, cause(err))
	}
	return nil
}

// load reads the case file of that name in dir; called is its name in problems.
func (l *loader) load(dir fs.FS, name, called string) error {
	data, err := readAtMost(dir, name, maxFile)
	if err != nil {
		return err
	}
	cases, problems := parse(data, called, dir)
	if p := l.sameSuite(cases); p != nil {
		cases, problems = nil, append(problems, *p)
	}
	l.cases, l.problems = append(l.cases, cases...), append(l.problems, problems...)
	return nil
}

// sameSuite notes a suite that an earlier file has, since their ids would clash.
func (l *loader) sameSuite(cases []*Case) *Problem {
	if len(cases) == 0 {
		return nil
	}
	if l.suites == nil {
		l.suites = map[string]string{}
	}
	c := cases[0]
	if earlier, twice := l.suites[c.Suite]; twice {
		return &Problem{Pos: Pos{c.Pos.File, 1, 1}, Text: fmt.Sprintf("suite %q is in %s already", c.Suite, earlier)}
	}
	l.suites[c.Suite] = c.Pos.File
	return nil
}

// parse reads the text of a case file.
func parse(data []byte, name string, dir fs.FS) ([]*Case, []Problem) {
	f := &file{name: name, dir: dir, read: map[string][]byte{}, left: maxExpansion}
	root := f.document(data)
	if root == nil {
		return nil, f.problems.sorted()
	}
	return f.suite(root), f.problems.sorted()
}
