package probe

import (
	"fmt"
	"os"

	"wsprobe/report"
)

// NewKnown returns an empty list of known failures for a file that is yet to be
// written.
func NewKnown(path string) *Known { return &Known{file: path} }

// Path returns the path of the file.
func (k *Known) Path() string { return k.file }

// Renewal says how many lines of a file of known failures are new, and how many
// are gone.
type Renewal struct{ Added, Dropped int }

// Renew brings the file of known failures up to date with a run: what fails and
// is not in it is added, grouped by the rule and with what was seen as the
// reason; what is no longer true is taken out, and all else stays as it was
// written. The results are then held against the new list.
func (k *Known) Renew(r *report.Results, unplayed []string, strict bool) (Renewal, error) {
	old, err := os.ReadFile(k.file)
	if err != nil && !os.IsNotExist(err) {
		return Renewal{}, fmt.Errorf("known failures: %w", err)
	}
	b := &baseline{ids: map[string]standing{}}
	for _, id := range unplayed {
		b.ids[id] = unknown
	}
	for i := range r.Cases {
		b.ids[r.Cases[i].ID] = standingOf(&r.Cases[i], strict)
	}
	b.read(string(old))
	b.add(r)
	if err := os.WriteFile(k.file, []byte(b.String()), 0o666); err != nil {
		return Renewal{}, fmt.Errorf("known failures: %w", err)
	}
	renewed, err := ReadKnown(k.file)
	if err != nil {
		return Renewal{}, err
	}
	*k = *renewed
	for i := range r.Cases {
		r.Cases[i].Known, r.Cases[i].KnownWhy = "", ""
	}
	r.Stale = k.apply(r.Cases, unplayed, strict)
	return b.renewal, nil
}
