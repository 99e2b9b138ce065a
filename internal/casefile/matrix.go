package casefile

import (
	"iter"
	"regexp"
	"strings"

	"gopkg.in/yaml.v3"
)

// maxCombinations is how many cases one matrix may make.
const maxCombinations = 10_000

var labelForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// axis is one axis of a matrix.
type axis struct {
	key     *yaml.Node
	choices []choice
}

// choice is a value of an axis, under the label that goes into the id.
type choice struct {
	label string
	*definition
}

// used reports whether a case uses the axis.
func (a axis) used() bool {
	for _, c := range a.choices {
		if c.used {
			return true
		}
	}
	return false
}

// matrix reads the axes of a case; it is false when the case cannot be read on.
func (f *file) matrix(n *yaml.Node, data *scope) (axes []axis, ok bool) {
	m := child(n, "matrix")
	if m == nil {
		return nil, true
	}
	r := &reader{file: f, scope: data}
	found, size := f.problems.found, 1
	for key, value := range r.members(m, "axes, such as {size: [0, 125]}") {
		if !f.definable(key) {
			continue
		}
		if data.find(key.Value) != nil {
			f.problem(key, "$%s is under data: already", key.Value)
		}
		a := axis{key: key, choices: r.choices(value)}
		axes, size = append(axes, a), min(size*len(a.choices), maxCombinations+1)
	}
	if size > maxCombinations {
		f.problem(m, "the matrix makes more than %d cases", maxCombinations)
	}
	return axes, f.problems.found == found
}

// choices reads the values of an axis and their labels.
func (r *reader) choices(n *yaml.Node) []choice {
	var list []choice
	add := func(label string, key, value *yaml.Node) {
		if !labelForm.MatchString(label) {
			r.problem(key, "%q cannot be part of an id; name the value, such as {short-name: %s}", cut(label), cut(label))
		}
		for _, earlier := range list {
			if earlier.label == label {
				r.problem(key, "the axis has %q twice", cut(label))
			}
		}
		list = append(list, choice{label, &definition{key: key, value: r.expand(value, r.scope)}})
	}
	if n.Kind == yaml.MappingNode {
		for key, value := range r.members(n, "labels with values") {
			add(key.Value, key, value)
		}
		return list
	}
	for _, item := range r.items(n, "values of the axis") {
		if item.Kind != yaml.ScalarNode {
			r.problem(item, "%s needs a label to be part of an id, such as {short-name: ...}", describe(item))
			continue
		}
		add(item.Value, item, item)
	}
	return list
}

// combination is one value of each axis.
type combination struct {
	names  map[string]*definition
	suffix string // "[plain,126]"
}

// combinations yields every combination, the first axis changing slowest.
func combinations(axes []axis) iter.Seq[combination] {
	return func(yield func(combination) bool) {
		at := make([]int, len(axes))
		for {
			if !yield(combine(axes, at)) {
				return
			}
			i := len(axes) - 1
			for ; i >= 0; i-- {
				if at[i]++; at[i] < len(axes[i].choices) {
					break
				}
				at[i] = 0
			}
			if i < 0 {
				return
			}
		}
	}
}

func combine(axes []axis, at []int) combination {
	c := combination{names: map[string]*definition{}}
	var labels []string
	for i, a := range axes {
		c.names[a.key.Value] = a.choices[at[i]].definition
		labels = append(labels, a.choices[at[i]].label)
	}
	if len(labels) > 0 {
		c.suffix = "[" + strings.Join(labels, ",") + "]"
	}
	return c
}
