package main

import (
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// quote writes a word so that a shell reads it as it is.
func quote(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// notAgain are the flags that do not change how one case goes.
var notAgain = []string{"only", "skip", "tag", "rule", "known", "write-known", "repeat", "timeout", "jobs", "verbose", "quiet", "report", "format", "repro"}

// again returns the command that plays the same against the same target, the
// i-th if there are several, up to the case.
func again(fs *pflag.FlagSet, paths []string, i int) string {
	words := []string{"wsprobe", "run"}
	for _, p := range paths {
		words = append(words, quote(p))
	}
	fs.Visit(func(f *pflag.Flag) {
		if slices.Contains(notAgain, f.Name) {
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values := list.GetSlice()
			if f.Name == "target" {
				values = values[i : i+1]
			}
			for _, v := range values {
				words = append(words, "--"+f.Name, quote(v))
			}
			return
		}
		words = append(words, "--"+f.Name)
		if f.NoOptDefVal == "" {
			words = append(words, quote(f.Value.String()))
		}
	})
	return strings.Join(words, " ")
}
