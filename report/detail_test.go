package report

import "testing"

func TestSeen(t *testing.T) {
	tests := []struct{ detail, want string }{
		{"", ""},
		{"nothing came within 4s", "nothing came within 4s"},
		{"the target ended: exit status 1; it printed:\n  panic: /home/me", "the target ended: exit status 1"},
		{"two\nlines", "two"},
		{"it said; it printed:", "it said; it printed:"},
	}
	for _, tt := range tests {
		if got := (&Finding{Detail: tt.detail}).Seen(); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.detail, got, tt.want)
		}
	}
}
