// Package spell finds the word that somebody who mistyped may have meant.
package spell

// Nearest returns the known word that takes the fewest slips of the pen to
// become what was written: two, or a third of a longer word's letters.
func Nearest(written string, known []string) string {
	if len(written) > 200 {
		return ""
	}
	best, fewest := "", max(min(2, len(written)-1), len(written)/3)+1
	for _, word := range known {
		if d := distance(written, word); d < fewest {
			best, fewest = word, d
		}
	}
	return best
}

// distance counts the letters to insert, delete, replace or swap with their
// neighbour in order to turn a into b.
func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
