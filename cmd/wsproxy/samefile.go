package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// distinct finds a file that would be recorded to while it is read, or twice at the
// same time. Recordings that rotate have names of their own, which are new.
func (o *outputFlags) distinct() error {
	for i, name := range o.write {
		for _, other := range o.write[:i] {
			if sameFile(name, other) {
				return mistake{fmt.Errorf("--write %s and --write %s are the same file", other, name)}
			}
		}
		for _, other := range o.reads {
			if o.files.size == 0 && o.files.every == 0 && sameFile(name, other) {
				return mistake{fmt.Errorf("--write %s is what is read, and would be replaced", name)}
			}
		}
	}
	return nil
}

// sameFile reports whether two names lead to the same file. One that is not there
// yet is known by its folder. Devices take what several write.
func sameFile(a, b string) bool {
	if strings.HasPrefix(a, "-.") || strings.HasPrefix(b, "-.") {
		return strings.HasPrefix(a, "-.") && strings.HasPrefix(b, "-.")
	}
	at, err := stat(a)
	to, errTo := stat(b)
	if err == nil && errTo == nil {
		return at.Mode().IsRegular() && os.SameFile(at, to)
	}
	if (err == nil) != (errTo == nil) || filepath.Base(a) != filepath.Base(b) {
		return false
	}
	at, err = os.Stat(filepath.Dir(a))
	to, errTo = os.Stat(filepath.Dir(b))
	return err == nil && errTo == nil && os.SameFile(at, to)
}

// stat looks at a file, of which - is the standard input.
func stat(name string) (os.FileInfo, error) {
	if name == "-" {
		return os.Stdin.Stat()
	}
	return os.Stat(name)
}
