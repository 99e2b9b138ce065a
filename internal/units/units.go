// Package units reads quantities as people write them.
package units

import (
	"strconv"
	"strings"
)

// sizes are the units of bytes, longer names first.
var sizes = []struct {
	name string
	is   float64
}{{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"B", 1}}

// Bytes reads a number of bytes with its unit, such as 64KB or 1.5MiB.
func Bytes(text string) (n float64, ok bool) {
	for _, u := range sizes {
		if digits, ok := strings.CutSuffix(text, u.name); ok {
			x, err := strconv.ParseFloat(digits, 64)
			return x * u.is, err == nil && x >= 0 && x <= 1e9
		}
	}
	return 0, false
}
