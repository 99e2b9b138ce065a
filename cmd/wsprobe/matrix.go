package main

import (
	"context"
	"path/filepath"

	"wsprobe/internal/probe"
	"wsprobe/report"
)

// matrix plays the cases against one target after the other, and tells the runs
// side by side. The exit code is that of the worst.
func (f *runFlags) matrix(ctx context.Context, a *app, targets []probe.Options) error {
	m := &report.Matrix{}
	var codes []int
	repros := f.repro.Dir
	for i, o := range targets {
		name := nameOf(f.files[i])
		if repros != "" {
			f.repro.Dir = filepath.Join(repros, name)
		}
		r, err := f.play(ctx, a, o)
		if err != nil {
			// What the others came to is told all the same.
			r = &report.Results{Version: report.Version, Tool: o.Tool, Target: report.Target{Name: o.Name, URL: o.URL}, Trouble: err.Error()}
		}
		m.Add(r)
		codes = append(codes, f.outcome(a, r, f.writeOne(a, name, r)))
		if r.Interrupted {
			break
		}
	}
	codes = append(codes, a.tell(f.writeMatrix(a, m)))
	return exitWith(report.WorstExit(codes...))
}

// names are what the runs are called in the names of files.
func (t *targetFlags) names() []string {
	if len(t.files) == 0 {
		return []string{""}
	}
	var names []string
	for _, file := range t.files {
		names = append(names, nameOf(file))
	}
	return names
}
