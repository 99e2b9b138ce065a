package webview

import "sort"

// segmentSize is what the spill takes of memory at a time.
const segmentSize = 1 << 20

// spill keeps bytes in the order in which they came, and forgets the oldest where
// there are more than its limit. A place in it is never given twice.
type spill struct {
	limit    int
	size     int // of all segments, what is not used in them counted in
	next     uint64
	segments []segment
}

// segment is a piece of memory that begins at a place of the spill.
type segment struct {
	start uint64
	data  []byte
}

// add keeps the parts as one and returns their place.
func (s *spill) add(parts ...[]byte) (place uint64) {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	last := len(s.segments) - 1
	if last < 0 || cap(s.segments[last].data)-len(s.segments[last].data) < n {
		s.grow(max(n, segmentSize))
		last = len(s.segments) - 1
	}
	to := &s.segments[last]
	place = to.start + uint64(len(to.data))
	for _, p := range parts {
		to.data = append(to.data, p...)
	}
	s.next = to.start + uint64(len(to.data))
	return place
}

// grow begins a segment, and lets go of old ones for it.
func (s *spill) grow(n int) {
	s.segments = append(s.segments, segment{s.next, make([]byte, 0, n)})
	s.size += n
	drop := 0
	for s.size > s.limit && drop < len(s.segments)-1 {
		s.size -= cap(s.segments[drop].data)
		drop++
	}
	if drop > 0 {
		s.segments = append([]segment(nil), s.segments[drop:]...)
	}
}

// get returns n bytes of a place; ok is false where they are forgotten. They are
// never written to again.
func (s *spill) get(place uint64, n int) (p []byte, ok bool) {
	i := sort.Search(len(s.segments), func(i int) bool { return s.segments[i].start > place }) - 1
	if i < 0 {
		return nil, n == 0
	}
	from := int(place - s.segments[i].start)
	if from+n > len(s.segments[i].data) {
		return nil, n == 0
	}
	return s.segments[i].data[from : from+n : from+n], true
}
