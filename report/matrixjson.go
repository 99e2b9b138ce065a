package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// writeMatrixJSON writes a target, a case and a rule a line, so that a file that
// is kept shows in a diff what became different.
func writeMatrixJSON(w io.Writer, m *Matrix, _ Options) error {
	tool, err1 := compactJSON(m.Tool)
	targets, err2 := jsonLines(m.Targets)
	cases, err3 := jsonLines(m.Cases)
	rules, err4 := jsonRules(m.Rules)
	if err := errors.Join(err1, err2, err3, err4); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "{\n\"version\": %d,\n\"tool\": %s,\n\"targets\": [\n%s\n],\n\"cases\": [\n%s\n],\n\"rules\": {\n%s\n}\n}\n",
		Version, tool, targets, cases, rules)
	return err
}

// jsonLines writes each element of a list as JSON in a line of its own.
func jsonLines[T any](list []T) (string, error) {
	var lines []string
	for _, v := range list {
		line, err := compactJSON(v)
		if err != nil {
			return "", err
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, ",\n"), nil
}

func jsonRules(rules map[string]Rule) (string, error) {
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(rules)) {
		name, err1 := compactJSON(id)
		rule, err2 := compactJSON(rules[id])
		if err := errors.Join(err1, err2); err != nil {
			return "", err
		}
		lines = append(lines, name+": "+rule)
	}
	return strings.Join(lines, ",\n"), nil
}

func compactJSON(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return strings.TrimRight(b.String(), "\n"), err
}

// outcomeObject is an outcome without its methods, for JSON.
type outcomeObject Outcome

// plain reports whether there is nothing to say but the verdict.
func (o *Outcome) plain() bool {
	return o.Known == "" && o.Reason == "" && o.Rules == nil && o.Wanted == "" && o.Seen == ""
}

// MarshalJSON writes an outcome of which there is nothing to say but its verdict
// as that word alone.
func (o Outcome) MarshalJSON() ([]byte, error) {
	if o.plain() {
		return json.Marshal(o.Verdict)
	}
	text, err := compactJSON(outcomeObject(o))
	return []byte(text), err
}

// UnmarshalJSON reads both forms of an outcome.
func (o *Outcome) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &o.Verdict)
	}
	return json.Unmarshal(data, (*outcomeObject)(o))
}

// check finds what the types cannot say: every format relies on these.
func (m *Matrix) check() error {
	for i, c := range m.Cases {
		if c.ID == "" {
			return fmt.Errorf("reading a matrix: case %d has no id", i+1)
		}
		if len(c.Outcomes) != len(m.Targets) {
			return fmt.Errorf("reading a matrix: case %s has %s, and there are %s",
				c.ID, count(len(c.Outcomes), "outcome"), count(len(m.Targets), "target"))
		}
		for _, o := range c.Outcomes {
			if o.Verdict != "" && !slices.Contains(Verdicts(), o.Verdict) {
				return fmt.Errorf("reading a matrix: case %s has the unknown verdict %q", c.ID, o.Verdict)
			}
		}
	}
	return nil
}
