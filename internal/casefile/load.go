package casefile

import "io/fs"

// Load reads the case files at those paths, folders included, in the order
// given and by name inside a folder. It returns the cases that could be read
// and every problem of those that could not.
func Load(paths []string) ([]*Case, []Problem, error) { panic("unwritten") }

// LoadFS reads every case file in fsys; name is how the file system is called
// in front of its paths: "cases".
func LoadFS(fsys fs.FS, name string) ([]*Case, []Problem, error) { panic("unwritten") }

// Schema returns the JSON Schema of a case file, made from the loader's tables.
func Schema() []byte { panic("unwritten") }
