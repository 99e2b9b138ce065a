package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// writeJSON writes the results file. Lists that a reader will walk are written
// as [] when they are empty, never as null.
func writeJSON(w io.Writer, r *Results, _ Options) error {
	out := *r
	out.Version = Version
	if out.Cases == nil {
		out.Cases = []Case{}
	}
	if out.Target.Have == nil {
		out.Target.Have = []string{}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// ReadJSON reads a results file. Members that it does not know are passed over,
// a version that it does not know is an error.
func ReadJSON(r io.Reader) (*Results, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("reading results: %w", err)
	}
	if err := checkVersion(data); err != nil {
		return nil, err
	}
	var res Results
	if err := json.Unmarshal(data, &res); err != nil {
		return nil, fmt.Errorf("reading results: %w", err)
	}
	return &res, res.check()
}

// checkVersion looks at nothing but the version, since a file of another
// version may not fit the types of this one.
func checkVersion(data []byte) error {
	var head struct {
		Version *int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return fmt.Errorf("reading results: %w", err)
	}
	if head.Version == nil {
		return errors.New("reading results: no version: not a results file")
	}
	if *head.Version != Version {
		return fmt.Errorf("reading results: the file has version %d, and this wsprobe reads %d", *head.Version, Version)
	}
	return nil
}

// check finds what the types cannot say: every format relies on these.
func (r *Results) check() error {
	known := map[Verdict]bool{}
	for _, v := range Verdicts() {
		known[v] = true
	}
	for i, c := range r.Cases {
		if c.ID == "" {
			return fmt.Errorf("reading results: case %d has no id", i+1)
		}
		if !known[c.Verdict] {
			return fmt.Errorf("reading results: case %s has the unknown verdict %q", c.ID, c.Verdict)
		}
	}
	return nil
}
