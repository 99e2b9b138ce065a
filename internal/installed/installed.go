// Package installed finds the programs that tests try our work with, and that nobody
// here wrote. targets/needs.txt names their packages.
package installed

import (
	"os"
	"os/exec"
	"testing"
)

// Program reports whether a program is there. Where it is not, the test fails on CI
// and says so elsewhere.
func Program(t testing.TB, name string) bool {
	t.Helper()
	_, err := exec.LookPath(name)
	if err != nil && os.Getenv("CI") != "" {
		t.Fatalf("%s is not installed: %v", name, err)
	}
	if err != nil {
		t.Logf("%s is not installed: nothing was tried with it", name)
	}
	return err == nil
}
