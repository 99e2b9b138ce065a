package mutant

import (
	"strings"
	"testing"

	"wsprobe/internal/rules"
)

// Every rule is broken by a mutant, or stands in the table that says why none can.
func TestEveryRuleIsBroken(t *testing.T) {
	broken := map[rules.ID]bool{}
	for _, m := range All() {
		if _, ok := rules.Get(m.Rule); !ok {
			t.Errorf("%s breaks %q, which is no rule", m.Name, m.Rule)
		}
		broken[m.Rule] = true
	}
	for _, r := range rules.All() {
		why, exempt := Unbroken[r.ID]
		switch {
		case !broken[r.ID] && !exempt:
			t.Errorf("no mutant breaks %s", r.ID)
		case broken[r.ID] && exempt:
			t.Errorf("a mutant breaks %s, which none is said to break", r.ID)
		case exempt && why == "":
			t.Errorf("nothing says why no mutant breaks %s", r.ID)
		}
	}
	for id := range Unbroken {
		if _, ok := rules.Get(id); !ok {
			t.Errorf("Unbroken has %q, which is no rule", id)
		}
	}
}

func TestMutantsHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range append(All(), Lawful()...) {
		if m.Name == "" || strings.ContainsAny(m.Name, " _") || seen[m.Name] {
			t.Errorf("%q is no name, or is taken", m.Name)
		}
		seen[m.Name] = true
		if m.About == "" || strings.HasSuffix(m.About, ".") {
			t.Errorf("%s: its about is %q", m.Name, m.About)
		}
	}
}
