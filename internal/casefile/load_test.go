package casefile

import "testing"

// The cases that the grammar was drawn up with load.
func TestLoadGood(t *testing.T) {
	cases, problems, err := Load([]string{"testdata/good"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Error(p)
	}
	for _, c := range cases {
		t.Log(c.ID, c.Pos, len(c.Steps))
	}
}
