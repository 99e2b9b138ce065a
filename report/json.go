package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
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

// ErrMatrix is the error of ReadJSON for a file that holds several runs.
var ErrMatrix = errors.New("a matrix of several runs, not one run")

// ReadJSON reads a results file. Members that it does not know are passed over,
// a version that it does not know is an error.
func ReadJSON(r io.Reader) (*Results, error) {
	res, m, err := ReadFile(r)
	if m != nil {
		return nil, fmt.Errorf("reading results: %w", ErrMatrix)
	}
	return res, err
}

// ReadFile reads what the format json writes: one run, or several as a matrix.
// Where there is no error, one of the two is not nil.
func ReadFile(r io.Reader) (*Results, *Matrix, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, nil, fmt.Errorf("reading results: %w", err)
	}
	var head header
	if err := head.read(data); err != nil {
		return nil, nil, err
	}
	if head.Targets != nil {
		m := &Matrix{}
		if err := json.Unmarshal(data, m); err != nil {
			return nil, nil, fmt.Errorf("reading a matrix: %w", err)
		}
		return nil, m, m.check()
	}
	res := &Results{}
	if err := json.Unmarshal(data, res); err != nil {
		return nil, nil, fmt.Errorf("reading results: %w", err)
	}
	return res, nil, res.check()
}

// header is what tells files apart before they are read: a file of another
// version may not fit the types of this one.
type header struct {
	Version *int            `json:"version"`
	Targets json.RawMessage `json:"targets"` // only a matrix has them
}

func (h *header) read(data []byte) error {
	if err := json.Unmarshal(data, h); err != nil {
		return fmt.Errorf("reading results: %w", err)
	}
	if h.Version == nil {
		return errors.New("reading results: no version: not a results file")
	}
	if *h.Version != Version {
		return fmt.Errorf("reading results: the file has version %d, and this wsprobe reads %d", *h.Version, Version)
	}
	return nil
}

// check finds what the types cannot say: every format relies on these.
func (r *Results) check() error {
	for i, c := range r.Cases {
		if c.ID == "" {
			return fmt.Errorf("reading results: case %d has no id", i+1)
		}
		if !slices.Contains(Verdicts(), c.Verdict) {
			return fmt.Errorf("reading results: case %s has the unknown verdict %q", c.ID, c.Verdict)
		}
	}
	return nil
}
