// Package version says which build of the programs this is.
package version

import "runtime/debug"

// Number is what the programs call themselves behind their names.
const Number = "0.1.0"

// Commit returns the commit that the program was built from, in parentheses and
// behind a space, or "" where that is not known.
func Commit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return " (" + s.Value[:min(12, len(s.Value))] + ")"
		}
	}
	return ""
}
