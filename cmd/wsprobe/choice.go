package main

import (
	"slices"
	"strings"

	"wsprobe/internal/probe"
)

// choice is what patterns pick from.
type choice[T any] struct {
	flag  string           // that the patterns are given with
	noun  string           // what each of the things is called
	hint  string           // how to see what there is
	words func(T) []string // what a pattern may fit
}

// pick returns those that one of the patterns fits, or all if there is none.
func (c *choice[T]) pick(patterns []string, all []T) ([]T, error) {
	if len(patterns) == 0 {
		return all, nil
	}
	fit, err := c.fits(patterns, all)
	if err != nil {
		return nil, err
	}
	var picked []T
	for i, each := range all {
		if fit[i] {
			picked = append(picked, each)
		}
	}
	return picked, nil
}

// fits says for each whether one of the patterns fits it. A pattern that fits
// none is an error: it is a slip of the pen.
func (c *choice[T]) fits(patterns []string, all []T) ([]bool, error) {
	fit := make([]bool, len(all))
	for _, text := range patterns {
		pattern, err := probe.NewPattern(text)
		if err != nil {
			return nil, usageError("", "%s: %w", c.flag, err)
		}
		found := false
		for i, each := range all {
			if slices.ContainsFunc(c.words(each), pattern.Match) {
				fit[i], found = true, true
			}
		}
		if !found {
			return nil, c.none(text, all)
		}
	}
	return fit, nil
}

// none says that a pattern fits nothing, and what may have been meant.
func (c *choice[T]) none(text string, all []T) error {
	var known []string
	for _, each := range all {
		known = append(known, c.words(each)...)
	}
	hint := didYouMean(text, known, c.hint)
	if wider := widened(text, known); wider != "" {
		hint = "did you mean " + quote(wider) + "?"
	}
	return usageError(hint, "%s %s fits no %s", c.flag, quote(text), c.noun)
}

// widened makes a pattern of a word that is only a part of a known one.
func widened(text string, known []string) string {
	if strings.Contains(text, "*") {
		return ""
	}
	for _, pattern := range []string{text + "**", "**/" + text, "**" + text + "**"} {
		if p, err := probe.NewPattern(pattern); err == nil && slices.ContainsFunc(known, p.Match) {
			return pattern
		}
	}
	return ""
}
