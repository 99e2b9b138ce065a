package probe

import (
	"testing"
	"time"
)

// What stops this whole process is lag, and what is waited for is none.
func TestLagging(t *testing.T) {
	t.Parallel()
	stop := lagging()
	time.Sleep(4 * beat)
	if lost := stop(); lost < 0 {
		t.Errorf("lost %v", lost)
	}
	if lost := lagging()(); lost < 0 {
		t.Errorf("lost %v at once", lost)
	}
}
