package main

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"wsprobe/internal/casefile"
	"wsprobe/internal/rules"
)

func someCases() []*casefile.Case {
	step := func(id rules.ID) casefile.Step { return casefile.Step{Rule: id} }
	return []*casefile.Case{
		{ID: "ping/empty", Rule: rules.PingAnswered, Aliases: []string{"autobahn 2.1"}, Tags: []string{"quick"}},
		{ID: "ping/text[a,b]", Rule: rules.PingData, Aliases: []string{"autobahn 2.2"}},
		{ID: "utf8/fail-fast", Rule: "utf8.text-valid", Steps: []casefile.Step{step("utf8.fail-fast")}, Tags: []string{"slow"}},
	}
}

func TestPick(t *testing.T) {
	tests := []struct {
		name  string
		picks picks
		want  string
		err   string
		hint  string
	}{
		{name: "nothing said", want: "ping/empty ping/text[a,b] utf8/fail-fast"},
		{name: "an id", picks: picks{only: []string{"ping/text[a,b]"}}, want: "ping/text[a,b]"},
		{name: "a suite", picks: picks{only: []string{"ping/*"}}, want: "ping/empty ping/text[a,b]"},
		{name: "any text", picks: picks{only: []string{"**-fast"}}, want: "utf8/fail-fast"},
		{name: "an alias", picks: picks{only: []string{"autobahn 2.*"}}, want: "ping/empty ping/text[a,b]"},
		{name: "two patterns", picks: picks{only: []string{"ping/empty", "utf8/*"}}, want: "ping/empty utf8/fail-fast"},
		{name: "a tag", picks: picks{tags: []string{"slow"}}, want: "utf8/fail-fast"},
		{name: "a case's rule", picks: picks{rules: []string{"ping.*"}}, want: "ping/empty ping/text[a,b]"},
		{name: "a step's rule", picks: picks{rules: []string{"utf8.fail-fast"}}, want: "utf8/fail-fast"},
		{name: "all of them hold", picks: picks{only: []string{"ping/*"}, tags: []string{"quick"}}, want: "ping/empty"},
		{name: "left out", picks: picks{skip: []string{"ping/*"}}, want: "utf8/fail-fast"},
		{name: "a slip", picks: picks{only: []string{"ping/emtpy"}}, err: "--only ping/emtpy fits no case", hint: "did you mean ping/empty?"},
		{name: "a part of an id", picks: picks{only: []string{"fast"}}, err: "--only fast fits", hint: "did you mean '**fast**'?"},
		{name: "no such tag", picks: picks{tags: []string{"zzz"}}, err: "--tag zzz fits no case", hint: "wsprobe list"},
		{name: "nothing left", picks: picks{only: []string{"ping/*"}, tags: []string{"slow"}}, err: "no case is left of 3"},
	}
	for _, tt := range tests {
		all := someCases()
		picked, left, err := tt.picks.apply(all)
		if tt.err != "" {
			var f *failure
			if !errors.As(err, &f) || f.code != 2 || !strings.Contains(f.Error(), tt.err) || !strings.Contains(f.hint, tt.hint) {
				t.Errorf("%s: error %+v, want %q with the hint %q", tt.name, err, tt.err, tt.hint)
			}
			continue
		}
		var ids []string
		for _, c := range picked {
			ids = append(ids, c.ID)
			if slices.Contains(left, c.ID) {
				t.Errorf("%s: %s is both picked and left", tt.name, c.ID)
			}
		}
		if got := strings.Join(ids, " "); got != tt.want || err != nil {
			t.Errorf("%s: %s (%v), want %s", tt.name, got, err, tt.want)
		}
		if len(picked)+len(left) != len(all) {
			t.Errorf("%s: %d picked and %d left of %d", tt.name, len(picked), len(left), len(all))
		}
	}
}
